{{/* The one name of everything in this release; operator, RBAC and documentation count on it. */}}
{{- define "deepsynthesis.name" -}}
deepsynthesis-operator
{{- end }}

{{/* The user as whom the operator writes: nobody else may write statuses and the operator's own kinds. */}}
{{- define "deepsynthesis.operatorUser" -}}
{{- .Values.operator.username | default (printf "system:serviceaccount:%s:%s" .Release.Namespace (include "deepsynthesis.name" .)) -}}
{{- end }}

{{- define "deepsynthesis.selectorLabels" -}}
app.kubernetes.io/name: {{ include "deepsynthesis.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "deepsynthesis.labels" -}}
{{ include "deepsynthesis.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: deepsynthesis
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* An image reference out of {repository, tag, digest}; call with (dict "image" … "default" tag). */}}
{{- define "deepsynthesis.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .default }}
{{- end -}}
{{- end }}

{{/* Name of the Secret that the webhooks' certificate comes from. */}}
{{- define "deepsynthesis.certificateSecret" -}}
{{- eq .Values.certificates.mode "SelfSigned" | ternary "deepsynthesis-ca" .Values.certificates.secretName -}}
{{- end }}

{{/* Name of the Secret with the ledger's certificate. */}}
{{- define "deepsynthesis.ledgerSecret" -}}
{{- if and (not .Values.ledger.tlsSecretName) (eq .Values.certificates.mode "Provided") -}}
{{- fail "ledger.tlsSecretName: with certificates.mode Provided the ledger's certificate is yours, too: name its Secret, of type kubernetes.io/tls with the authority in ca.crt" -}}
{{- end -}}
{{- .Values.ledger.tlsSecretName | default "deepsynthesis-ledger-tls" -}}
{{- end }}

{{/* Annotations of webhook configurations, indented; only where cert-manager writes their bundle. */}}
{{- define "deepsynthesis.webhookAnnotations" -}}
{{- if eq .Values.certificates.mode "CertManager" }}
  annotations:
    cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "deepsynthesis.name" . }}
{{- end }}
{{- end }}

{{/*
clientConfig of a webhook. Its caBundle is left out where the operator or cert-manager writes it and owns it.
Call with (dict "root" $ "path" "/…").
*/}}
{{- define "deepsynthesis.clientConfig" -}}
clientConfig:
{{- if eq .root.Values.certificates.mode "Provided" }}
  caBundle: {{ .root.Values.certificates.caBundle | b64enc }}
{{- end }}
{{- if .root.Values.webhook.url }}
  url: {{ printf "%s%s" .root.Values.webhook.url .path | quote }}
{{- else }}
  service:
    name: {{ include "deepsynthesis.name" .root }}
    namespace: {{ .root.Release.Namespace }}
    path: {{ .path }}
    port: 443
{{- end }}
{{- end }}

{{/* Only enrolled namespaces, and never those that the cluster or the operator itself needs to heal. */}}
{{- define "deepsynthesis.enrolled" -}}
namespaceSelector:
  matchLabels:
    deepsynthesis.dev/enforce: "true"
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
        - kube-system
        - kube-public
        - kube-node-lease
        {{- if not (has .Release.Namespace (list "kube-system" "kube-public" "kube-node-lease")) }}
        - {{ .Release.Namespace }}
        {{- end }}
objectSelector: {}
{{- end }}

{{/* CEL: the services of params that select a pod with variables.labels. The same as WorkloadSelector::matches. */}}
{{- define "deepsynthesis.selecting" -}}
params.spec.?services.orValue([]).filter(s,
s.selector.?matchLabels.orValue({}).all(k, k in variables.labels && variables.labels[k] == s.selector.matchLabels[k])
&& s.selector.?matchExpressions.orValue([]).all(r,
r.operator == 'In' ? r.key in variables.labels && variables.labels[r.key] in r.values
: r.operator == 'NotIn' ? !(r.key in variables.labels && variables.labels[r.key] in r.values)
: r.operator == 'Exists' ? r.key in variables.labels
: !(r.key in variables.labels)))
{{- end }}

{{/* CEL: who deletes what belongs to a service or a namespace that goes, with one credential per controller or with one for all. */}}
{{- define "deepsynthesis.collectors" -}}
'system:serviceaccount:kube-system:generic-garbage-collector',
'system:serviceaccount:kube-system:namespace-controller',
'system:kube-controller-manager'
{{- end }}

{{/* CEL: not the mirror of a static pod. Only a node may create one, so both are asked for: the annotation alone would be an opt-out. */}}
{{- define "deepsynthesis.notMirror" -}}
!(request.userInfo.username.startsWith('system:node:')
&& 'system:nodes' in request.userInfo.groups
&& has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)
{{- end }}
