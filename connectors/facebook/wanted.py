"""What we ask of the API with each kind of thing (the reference of the Graph API)."""

MESSAGE = "id,created_time,from,to,message,sticker,attachments{id,mime_type,name,size,image_data,video_data,file_url}"
COMMENT = "id,message,created_time,from,parent{id},attachment,is_hidden,can_reply_privately,permalink_url"
POST = "id,message,created_time,from,permalink_url"
MENTION = "id,message,created_time"
VISITOR_POST = f"{POST},full_picture"
