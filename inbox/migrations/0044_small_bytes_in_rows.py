from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0043_version_of_a_draft"),
    ]

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("sha256", models.BinaryField(primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
            ],
        ),
        # As it came, which is as it would lie in a file: to press it together takes the server longer than all else.
        migrations.RunSQL(
            "ALTER TABLE inbox_blob ALTER content SET STORAGE EXTERNAL",
            "ALTER TABLE inbox_blob ALTER content SET STORAGE EXTENDED",
        ),
    ]
