# syntax=docker/dockerfile:1
# Four images from one file: `api` (also migrate, beat and courier) has no torch, `worker` adds the engine, `light` a
# converted model without torch, `trainer` training and the models of transformers.
# Every package is the one whose hash is in `locks/`; `make lock` makes them anew.
FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --uid 10001 --create-home wrapup && mkdir /runs && chown wrapup /runs
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY locks locks

FROM base AS api
COPY summarizer summarizer
COPY api api
COPY workers workers
COPY migrations migrations
RUN rm -rf summarizer/shipped_model && pip install --require-hashes -r locks/api.txt \
    && pip install --no-deps .
USER wrapup
EXPOSE 8000
CMD ["wrapup", "serve"]

FROM base AS kernels
RUN apt-get update && apt-get install --yes --no-install-recommends g++
COPY summarizer summarizer
COPY workers workers
COPY training training
RUN pip wheel --no-deps --wheel-dir /wheels .

FROM base AS worker
COPY --from=kernels /wheels /wheels
RUN pip install --require-hashes -r locks/worker.txt && pip install --no-deps /wheels/*.whl
USER wrapup
CMD ["wrapup", "worker"]

FROM base AS light
COPY --from=kernels /wheels /wheels
RUN pip install --require-hashes -r locks/light.txt && pip install --no-deps /wheels/*.whl
USER wrapup
CMD ["wrapup", "worker"]

FROM base AS trainer
COPY --from=kernels /wheels /wheels
RUN pip install --require-hashes -r locks/trainer.txt && pip install --no-deps /wheels/*.whl
USER wrapup
VOLUME /runs
CMD ["wrapup", "beat"]
