{{- define "wrapup.labels" -}}
app.kubernetes.io/name: wrapup
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "wrapup.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "wrapup.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "wrapup.environment" -}}
- {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret | quote }}, key: DATABASE_URL}}}
- {name: REDIS_URL, valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret | quote }}, key: REDIS_URL}}}
- {name: MASTER_KEY, valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret | quote }}, key: MASTER_KEY}}}
- {name: ALIVE_FILE, value: /tmp/alive}
- {name: NIGHTLY_DIR, value: /runs}
- {name: METRICS_HOST, value: 0.0.0.0}
- {name: METRICS_PORT, value: {{ .Values.metrics.port | quote }}}
- {name: SHUTDOWN_GRACE, value: {{ .Values.shutdownGraceSeconds | quote }}}
- {name: GOMP_SPINCOUNT, value: "10000"}
{{- end -}}

{{- define "wrapup.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ add .Values.shutdownGraceSeconds 40 }}
securityContext:
  {{- include "wrapup.podSecurity" . | nindent 2 }}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - {name: tmp, emptyDir: {}}
  {{- if .Values.models.existingClaim }}
  - {name: runs, persistentVolumeClaim: {claimName: {{ .Values.models.existingClaim | quote }}}}
  {{- end }}
  {{- if .Values.files.existingConfigMap }}
  - {name: files, configMap: {name: {{ .Values.files.existingConfigMap | quote }}}}
  {{- end }}
{{- end -}}

{{- define "wrapup.settings" -}}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}-settings}
{{- end -}}

{{- define "wrapup.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.models.existingClaim }}
- {name: runs, mountPath: /runs}
{{- end }}
{{- include "wrapup.files" . }}
{{- end -}}

{{- define "wrapup.mountsReading" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.models.existingClaim }}
- {name: runs, mountPath: /runs, readOnly: true}
{{- end }}
{{- include "wrapup.files" . }}
{{- end -}}

{{- define "wrapup.files" -}}
{{- if .Values.files.existingConfigMap }}
- {name: files, mountPath: /etc/wrapup, readOnly: true}
{{- end }}
{{- end -}}
