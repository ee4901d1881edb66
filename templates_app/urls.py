"""URLs of templates_app."""

from django.urls import URLPattern, URLResolver, path

from templates_app.views import editor, library, mail_pages, people, versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("templates", library.templates, name="templates"),
    path("templates/new", library.new_template, name="template-new"),
    path("templates/create", library.create, name="template-create"),
    path("templates/<int:template_id>", editor.editor, name="template"),
    path("templates/<int:template_id>/duplicate", library.duplicate, name="template-duplicate"),
    path("templates/<int:template_id>/rename-in-list", library.rename, name="template-rename-in-list"),
    path("templates/<int:template_id>/delete", library.delete, name="template-delete"),
    path("templates/<int:template_id>/save", editor.save, name="template-save"),
    path("templates/<int:template_id>/state", editor.state, name="template-state"),
    path("templates/<int:template_id>/rename", editor.rename_inline, name="template-rename"),
    path("templates/<int:template_id>/versions", versions.versions, name="template-versions"),
    path("templates/<int:template_id>/publish", versions.publish, name="template-publish"),
    path("templates/<int:template_id>/compare", versions.compare_unsaved, name="template-compare"),
    path("templates/<int:template_id>/thumbnail", mail_pages.thumbnail, name="template-thumbnail"),
    path("templates/versions/<int:version_id>", mail_pages.version_page, name="template-version"),
    path("templates/versions/<int:version_id>/difference", versions.difference, name="template-difference"),
    path("templates/versions/<int:version_id>/source", versions.version_source, name="template-version-source"),
    path("templates/starters/<str:name>", mail_pages.starter_page, name="template-starter"),
    path("templates/preview", editor.preview_mail, name="template-preview"),
    path("templates/preview/<str:token>", mail_pages.shown_page, name="template-shown"),
    path("templates/people", people.find_people, name="template-people"),
]
