# One image for every process of the Procfile; compose.yaml says which container runs which.
FROM python:3.11-slim AS build
WORKDIR /sendwell
RUN python -m venv .venv
COPY requirements.lock .
# The lock carries hashes, so what was tested is what is installed.
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN SENDWELL_SECRET_KEY=unused-at-build SENDWELL_STATIC_ROOT=/sendwell/staticfiles \
    .venv/bin/python manage.py collectstatic --noinput -v 0

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /sendwell sendwell \
    && mkdir /data && chown sendwell: /data
WORKDIR /sendwell
COPY --from=build /sendwell /sendwell
ENV PATH=/sendwell/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SENDWELL_DATA=/data \
    SENDWELL_STATIC_ROOT=/sendwell/staticfiles
USER sendwell
VOLUME /data
EXPOSE 8000 8001
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket", "--access-logfile", "-"]
