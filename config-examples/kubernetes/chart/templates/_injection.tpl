{{- define "holdfast.labels" -}}
app.kubernetes.io/name: holdfast
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{- define "holdfast.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "holdfast.matchConstraints" -}}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: In
      values: {{ toJson .Values.namespaces }}
objectSelector:
  {{- if eq .Values.pods "labelled" }}
  matchLabels:
    {{ .Values.label.name | quote }}: {{ .Values.label.value | quote }}
  {{- else }}
  matchExpressions:
    - key: {{ .Values.label.name | quote }}
      operator: NotIn
      values: ["false"]
  {{- end }}
resourceRules:
  - apiGroups: [""]
    apiVersions: ["v1"]
    operations: ["CREATE"]
    resources: ["pods"]
{{- end }}

{{- define "holdfast.matchConditions" -}}
- name: not-injected-yet
  expression: >-
    object.spec.containers.all(c, c.name != 'holdfast')
    && (!has(object.spec.initContainers) || object.spec.initContainers.all(c, c.name != 'holdfast'))
- name: not-windows
  expression: >-
    !(has(object.spec.os) && object.spec.os.name == 'windows')
    && !(has(object.spec.nodeSelector) && 'kubernetes.io/os' in object.spec.nodeSelector
    && object.spec.nodeSelector['kubernetes.io/os'] == 'windows')
{{- end }}

{{- /*
One mutation, so that all of it is decided by the pod as it came, and none where no container is to be changed. The containers that the annotation
holdfast.dev/containers names get the agent, or all of them; not one whose JAVA_TOOL_OPTIONS comes by valueFrom, which cannot
be appended to. Of several entries of that name the last one counts, for the kubelet too. The init container runs as another user than root, unless the pod asks for root: it would not start then.
*/}}
{{- define "holdfast.variables" -}}
- name: option
  expression: >-
    ' -javaagent:/holdfast/holdfast-agent.jar=/etc/holdfast/holdfast.toml'
- name: named
  expression: >-
    has(object.metadata.annotations) && 'holdfast.dev/containers' in object.metadata.annotations
    ? object.metadata.annotations['holdfast.dev/containers'].split(',').map(n, n.trim())
    : object.spec.containers.map(c, c.name)
- name: names
  expression: >-
    object.spec.containers.filter(c, c.name in variables.named
    && !(has(c.env) && c.env.exists(j, e, has(e.valueFrom)
    && j == c.env.map(n, n.name).lastIndexOf('JAVA_TOOL_OPTIONS')))).map(c, c.name)
- name: last
  expression: >-
    object.spec.containers.map(c, has(c.env) ? c.env.map(e, e.name).lastIndexOf('JAVA_TOOL_OPTIONS') : -1)
- name: nonRoot
  expression: >-
    !(has(object.spec.securityContext) && has(object.spec.securityContext.runAsUser)
    && object.spec.securityContext.runAsUser == 0)
{{- end }}

{{- define "holdfast.mutations" -}}
- patchType: JSONPatch
  jsonPatch:
    expression: >-
      size(variables.names) == 0 ? [] : (
        (has(object.spec.volumes) ? [] : [JSONPatch{op: 'add', path: '/spec/volumes', value: []}])
        + [
          JSONPatch{op: 'add', path: '/spec/volumes/-', value: Object.spec.volumes{
            name: 'holdfast-agent',
            emptyDir: Object.spec.volumes.emptyDir{sizeLimit: '32Mi'}
          }},
          JSONPatch{op: 'add', path: '/spec/volumes/-', value: Object.spec.volumes{
            name: 'holdfast-config',
            configMap: Object.spec.volumes.configMap{name: '{{ .Values.configMap }}', optional: true}
          }}
        ]
        + (has(object.spec.initContainers) ? [] : [JSONPatch{op: 'add', path: '/spec/initContainers', value: []}])
        + [
          JSONPatch{op: 'add', path: '/spec/initContainers/0', value: Object.spec.initContainers{
            name: 'holdfast',
            image: '{{ include "holdfast.image" . }}',
            imagePullPolicy: '{{ .Values.image.pullPolicy }}',
            command: ['cp', '/javaagent.jar', '/holdfast/holdfast-agent.jar'],
            resources: Object.spec.initContainers.resources{
              requests: {'cpu': '100m', 'memory': '64Mi'},
              limits: {'cpu': '100m', 'memory': '64Mi'}
            },
            securityContext: Object.spec.initContainers.securityContext{
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              runAsNonRoot: variables.nonRoot,
              capabilities: Object.spec.initContainers.securityContext.capabilities{drop: ['ALL']},
              seccompProfile: Object.spec.initContainers.securityContext.seccompProfile{type: 'RuntimeDefault'}
            },
            volumeMounts: [Object.spec.initContainers.volumeMounts{name: 'holdfast-agent', mountPath: '/holdfast'}]
          }}
        ]
        + object.spec.containers.transformList(i, c, c.name in variables.names && !has(c.env),
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/env', value: []})
        + object.spec.containers.transformList(i, c,
          c.name in variables.names && (!has(c.env) || c.env.all(e, e.name != 'JAVA_TOOL_OPTIONS')),
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/env/-', value: Object.spec.containers.env{
            name: 'JAVA_TOOL_OPTIONS', value: variables.option
          }})
        + object.spec.containers.transformList(i, c,
          c.name in variables.names && has(c.env) && c.env.exists(e, e.name == 'JAVA_TOOL_OPTIONS'),
          JSONPatch{
            op: 'add',
            path: '/spec/containers/' + string(i) + '/env/' + string(variables.last[i]) + '/value',
            value: (has(c.env[variables.last[i]].value) ? c.env[variables.last[i]].value : '') + variables.option
          })
        + object.spec.containers.transformList(i, c, c.name in variables.names && !has(c.volumeMounts),
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/volumeMounts', value: []})
        + object.spec.containers.transformList(i, c, c.name in variables.names,
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/volumeMounts/-',
            value: Object.spec.containers.volumeMounts{name: 'holdfast-agent', mountPath: '/holdfast', readOnly: true}})
        + object.spec.containers.transformList(i, c, c.name in variables.names,
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/volumeMounts/-',
            value: Object.spec.containers.volumeMounts{name: 'holdfast-config', mountPath: '/etc/holdfast', readOnly: true}})
      )
{{- end }}
