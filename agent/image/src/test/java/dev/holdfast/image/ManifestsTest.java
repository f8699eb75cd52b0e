package dev.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The manifests of the examples: what Kubernetes has types of is held against these; what others define, against the
 * fields that their references name.
 */
class ManifestsTest {
    @TempDir
    Path directory;

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

    /** Pods are handed to Prometheus here: Debian's has no discovery by Kubernetes, and there is no cluster. */
    @Test
    void prometheus_finds_the_pods_that_the_chart_labels() throws Exception {
        Tool promtool = Tool.orSkip("promtool", "prometheus");
        Map<String, Object> values = Trees.yaml(Files.readString(Chart.DIRECTORY.resolve("values.yaml")))
                .get(0);
        String label = Trees.at(values, "label", "name").toString().replaceAll("[^a-zA-Z0-9_]", "_") + ": \""
                + Trees.at(values, "label", "value") + "\"";
        String discovery = "    kubernetes_sd_configs:\n      - role: pod\n";
        String scrape = Files.readString(Trees.EXAMPLES.resolve("prometheus-scrape.yaml"));
        assertThat(scrape).contains(discovery);
        Path file = Files.writeString(
                directory.resolve("prometheus.yaml"),
                scrape.replace(
                        discovery,
                        "    static_configs:\n"
                                + pod("10.1.2.3", "10.1.2.3:8080", "Running", label)
                                + pod("10.1.2.3", "10.1.2.3:9090", "Running", label)
                                + pod("fd00::1", "[fd00::1]:8080", "Running", label)
                                + pod("10.1.2.4", "10.1.2.4:8080", "Succeeded", label)
                                + pod("10.1.2.5", "10.1.2.5:8080", "Running", "holdfast_dev_inject: \"false\"")));

        Tool.Ended ended =
                promtool.run(new byte[0], "check", "service-discovery", "--timeout=5s", file.toString(), "holdfast");

        assertThat(ended.exit()).as(ended.output()).isZero();
        Object found = new Load(LoadSettings.builder().build()).loadFromString(ended.output());
        assertThat(Trees.list(found).stream()
                        .map(target -> Trees.map(Trees.at(target, "labels")))
                        .filter(labels -> !labels.isEmpty())
                        .map(labels -> labels.get("instance") + " " + labels.get("__metrics_path__") + " "
                                + labels.get("namespace") + " " + labels.get("pod")))
                .as(ended.output())
                .containsOnly("10.1.2.3:9464 /metrics shop a-pod", "[fd00::1]:9464 /metrics shop a-pod");
        assertThat(Trees.at(values, "config").toString()).contains("# listen = \"0.0.0.0:9464\"", "# remote = true");
    }

    private static String pod(String ip, String address, String phase, String label) {
        return """
                      - targets: ["%s"]
                        labels:
                          __meta_kubernetes_namespace: shop
                          __meta_kubernetes_pod_name: a-pod
                          __meta_kubernetes_pod_ip: "%s"
                          __meta_kubernetes_pod_phase: %s
                          __meta_kubernetes_pod_label_%s
                """.formatted(address, ip, phase, label);
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
