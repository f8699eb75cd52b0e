package dev.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The manifests of the examples: what Kubernetes has types of is held against these; what others define, against the
 * fields that their references name.
 */
class ManifestsTest {
    @Test
    void kubernetes_knows_each_field() throws IOException {
        assertThat(Trees.example("deployment.yaml").stream().map(Models::check))
                .containsExactly("v1/ConfigMap", "apps/v1/Deployment");
        assertThat(Models.check(Trees.kind(Trees.example("instrumentation.yaml"), "Deployment")))
                .isEqualTo("apps/v1/Deployment");
        assertThat(Trees.example("admission-policy.yaml").stream().map(Models::check))
                .containsExactly(
                        "v1/ConfigMap",
                        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy",
                        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding");
    }

    @Test
    void a_field_that_kubernetes_does_not_know_is_found() throws IOException {
        Map<String, Object> deployment = Trees.kind(Trees.example("deployment.yaml"), "Deployment");
        Trees.map(Trees.at(deployment, "spec", "template", "spec", "containers", 0))
                .put("enviroment", List.of());

        assertThatThrownBy(() -> Models.check(deployment))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("/spec/template/spec/containers/0/enviroment");
    }

    @Test
    void prometheus_finds_the_endpoint_of_the_deployment() throws IOException {
        List<Map<String, Object>> documents = Trees.example("deployment.yaml");
        Map<String, Object> deployment = Trees.kind(documents, "Deployment");
        Map<String, Object> monitor = Trees.kind(Trees.example("podmonitor.yaml"), "PodMonitor");
        Object annotations = Trees.at(deployment, "spec", "template", "metadata", "annotations");
        Object port = Trees.at(deployment, "spec", "template", "spec", "containers", 0, "ports", 0);
        Object endpoint = Trees.at(monitor, "spec", "podMetricsEndpoints", 0);

        assertThat((String) Trees.at(documents.get(0), "data", "holdfast.toml"))
                .contains("listen = \"0.0.0.0:" + Trees.at(port, "containerPort") + "\"");
        assertThat(Trees.at(annotations, "prometheus.io/port"))
                .isEqualTo(Trees.at(port, "containerPort").toString());
        assertThat(Trees.at(annotations, "prometheus.io/path")).isEqualTo(Trees.at(endpoint, "path"));
        assertThat(monitor.get("apiVersion")).isEqualTo("monitoring.coreos.com/v1");
        assertThat(Trees.map(Trees.at(monitor, "spec"))).containsOnlyKeys("selector", "podMetricsEndpoints");
        assertThat(Trees.map(endpoint)).containsOnlyKeys("port", "path", "interval");
        assertThat(Trees.at(endpoint, "port")).isEqualTo(Trees.at(port, "name"));
        assertThat(Trees.at(monitor, "spec", "selector"))
                .isEqualTo(Map.of("matchLabels", Trees.at(deployment, "spec", "template", "metadata", "labels")));
    }

    @Test
    void the_operator_knows_each_field_of_its_resource() throws IOException, ConfigException {
        List<Map<String, Object>> documents = Trees.example("instrumentation.yaml");
        Map<String, Object> instrumentation = Trees.kind(documents, "Instrumentation");
        Object pod = Trees.at(Trees.kind(documents, "Deployment"), "spec", "template");
        Object java = Trees.at(instrumentation, "spec", "java");

        assertThat(instrumentation.get("apiVersion")).isEqualTo("opentelemetry.io/v1alpha1");
        assertThat(Trees.map(Trees.at(instrumentation, "spec"))).containsOnlyKeys("java");
        assertThat(Set.of("env", "extensions", "image", "resources", "volumeClaimTemplate", "volumeLimitSize"))
                .containsAll(Trees.map(java).keySet());
        assertThat(Trees.map(Trees.at(pod, "metadata", "annotations")))
                .containsEntry(
                        "instrumentation.opentelemetry.io/inject-java", Trees.at(instrumentation, "metadata", "name"))
                .containsEntry(
                        "instrumentation.opentelemetry.io/container-names",
                        Trees.at(pod, "spec", "containers", 0, "name"));
        assertThat(Trees.at(java, "env", 0, "name")).isEqualTo("HOLDFAST_CONFIG_INLINE");
        String inline = (String) Trees.at(java, "env", 0, "value");
        assertThat(inline).as("Kubernetes would change it").doesNotContain("$");
        Configuration configuration = ConfigLoader.parse(inline, "inline");
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.policyNames()).containsExactlyInAnyOrder("*", "*.svc.cluster.local");
    }

    @Test
    void all_name_the_same_image() throws IOException {
        Object image = "registry.example.com/holdfast-agent:0.1.0";

        assertThat(Trees.at(
                        Trees.kind(Trees.example("deployment.yaml"), "Deployment"),
                        "spec",
                        "template",
                        "spec",
                        "initContainers",
                        0,
                        "image"))
                .isEqualTo(image);
        assertThat(Trees.at(
                        Trees.kind(Trees.example("instrumentation.yaml"), "Instrumentation"), "spec", "java", "image"))
                .isEqualTo(image);
        for (String policy : List.of("admission-policy.yaml", "kyverno-policy.yaml")) {
            assertThat(Trees.example(policy).get(1).toString()).contains("image: '" + image + "'");
        }
    }
}
