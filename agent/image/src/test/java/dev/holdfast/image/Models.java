package dev.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kubernetes' published types, as the Java client generates them from Kubernetes' own source. The types take any field,
 * so what they do not know is looked for here.
 */
final class Models {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Pod", Pod.class,
            "apps/v1/Deployment", Deployment.class,
            "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy", MutatingAdmissionPolicy.class,
            "admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding", MutatingAdmissionPolicyBinding.class,
            "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy",
                    io.fabric8.kubernetes.api.model.admissionregistration.v1beta1.MutatingAdmissionPolicy.class,
            "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding",
                    io.fabric8.kubernetes.api.model.admissionregistration.v1beta1.MutatingAdmissionPolicyBinding.class);

    private Models() {}

    /** Checks a document, all fields of which Kubernetes has to know, and returns its kind. */
    static String check(Map<String, Object> document) {
        String kind = document.get("apiVersion") + "/" + document.get("kind");
        Class<?> type = KINDS.get(kind);
        assertThat(type).as("no published type of " + kind).isNotNull();
        HasMetadata read = (HasMetadata) MAPPER.convertValue(document, type);
        assertThat(read.getMetadata().getName()).as("metadata.name").isNotEmpty();
        List<String> unknown = new ArrayList<>();
        findUnknown(document, type, "", unknown);
        assertThat(unknown).as("fields that " + kind + " does not have").isEmpty();
        return kind;
    }

    /** Returns the names and types of a type's fields. */
    static Map<String, Type> fields(Class<?> type) {
        Map<String, Type> fields = new LinkedHashMap<>();
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                JsonProperty property = field.getAnnotation(JsonProperty.class);
                if (property != null && !Modifier.isStatic(field.getModifiers())) {
                    fields.put(property.value(), field.getGenericType());
                }
            }
        }
        return fields;
    }

    /** Returns the type at a path of fields, each element of a list for the list; null if there is none. */
    static @Nullable Class<?> at(Class<?> type, List<String> path) {
        Class<?> found = type;
        for (String name : path) {
            Type next = found == null ? null : fields(found).get(name);
            found = next == null ? null : element(next);
        }
        return found;
    }

    private static void findUnknown(Object value, Type type, String path, List<String> unknown) {
        Class<?> element = element(type);
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                findUnknown(list.get(i), element, path + "/" + i, unknown);
            }
        } else if (value instanceof Map<?, ?> map && isModel(element)) {
            Map<String, Type> fields = fields(element);
            map.forEach((name, child) -> {
                Type next = fields.get(name.toString());
                if (next == null) {
                    unknown.add(path + "/" + name);
                } else {
                    findUnknown(child, next, path + "/" + name, unknown);
                }
            });
        }
    }

    /** Returns whether a class has fields of its own, unlike a map, a string or a quantity. */
    private static boolean isModel(Class<?> type) {
        return type.getPackageName().startsWith("io.fabric8") && !fields(type).isEmpty();
    }

    private static Class<?> element(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Class<?> raw = (Class<?>) parameterized.getRawType();
            return List.class.isAssignableFrom(raw) ? element(parameterized.getActualTypeArguments()[0]) : raw;
        }
        return (Class<?>) type;
    }
}
