"""The parts of the architecture that import contracts cannot see."""

from django.apps import apps

HEIGHT = {"accounts": 0, "deliverability": 1, "templates_app": 1, "subscribers": 2, "campaigns": 3, "config": 4}


def test_foreign_keys_point_down_only() -> None:
    upward = []
    for app in HEIGHT:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                target = field.related_model if field.is_relation and not field.auto_created else None
                if target is None or target._meta.app_label not in HEIGHT or target._meta.app_label == app:
                    continue
                if HEIGHT[target._meta.app_label] >= HEIGHT[app]:
                    upward.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upward == []
