package dev.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The Helm chart: linted and rendered by Helm, each document held against Kubernetes' published types, and the plain
 * manifests beside it, which are rendered from it ({@code -Dholdfast.writeGolden=true} writes them anew).
 */
class ChartTest {
    /** The fields of a MutatingPolicy, which has no published type for Java, as Kyverno's reference names them. */
    private static final Set<String> KYVERNO = Set.of(
            "auditAnnotations",
            "autogen",
            "evaluation",
            "failurePolicy",
            "matchConditions",
            "matchConstraints",
            "mutations",
            "reinvocationPolicy",
            "targetMatchConditions",
            "targetMatchConstraints",
            "variables",
            "webhookConfiguration");

    @Test
    void helm_finds_nothing_wrong_with_it() {
        LintResult result = Chart.lint();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
    }

    @Test
    void by_default_it_is_a_policy_of_kubernetes() {
        assertThat(Chart.documents("1.36.0").stream().map(Models::check))
                .containsExactly(
                        "v1/ConfigMap",
                        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy",
                        "admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding");
        assertThat(Chart.documents("1.36.0", "injection", "none").stream().map(Models::check))
                .containsExactly("v1/ConfigMap");
    }

    @Test
    void an_older_cluster_gets_the_beta_or_is_refused() {
        assertThat(Chart.documents("1.34.2").stream().map(Models::check))
                .containsExactly(
                        "v1/ConfigMap",
                        "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy",
                        "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding");
        assertThatThrownBy(() -> Chart.render("1.33.5"))
                .hasMessageContaining("needs Kubernetes 1.34 or newer, and this is v1.33.5; set injection to kyverno");
    }

    @Test
    void each_namespace_gets_the_file_and_the_policy_acts_in_these_alone() {
        List<Map<String, Object>> documents = Chart.documents(
                "1.36.0",
                "namespaces[0]",
                "shop",
                "namespaces[1]",
                "billing",
                "configMap",
                "calls",
                "label.value",
                "yes-please");
        Map<String, Object> policy = Trees.kind(documents, "MutatingAdmissionPolicy");

        assertThat(documents)
                .filteredOn(document -> document.get("kind").equals("ConfigMap"))
                .extracting(map -> Trees.at(map, "metadata", "namespace") + "/" + Trees.at(map, "metadata", "name"))
                .containsExactly("shop/calls", "billing/calls");
        assertThat(Trees.at(policy, "spec", "matchConstraints", "namespaceSelector", "matchExpressions", 0))
                .isEqualTo(Map.of(
                        "key", "kubernetes.io/metadata.name", "operator", "In", "values", List.of("shop", "billing")));
        assertThat(Trees.at(policy, "spec", "matchConstraints", "objectSelector", "matchLabels"))
                .isEqualTo(Map.of("holdfast.dev/inject", "yes-please"));
        assertThat((String) Trees.at(policy, "spec", "mutations", 0, "jsonPatch", "expression"))
                .contains("configMap{name: 'calls', optional: true}");
        documents.forEach(Models::check);
    }

    @Test
    void the_image_is_named_by_tag_or_by_digest() {
        String digest = "sha256:" + "0123456789abcdef".repeat(4);

        assertThat(image("image.tag", "1.2.3")).isEqualTo("registry.example.com/holdfast-agent:1.2.3");
        assertThat(image("image.tag", "1.2.3", "image.digest", digest))
                .isEqualTo("registry.example.com/holdfast-agent@" + digest);
    }

    @Test
    void a_registry_may_have_a_port() {
        assertThat(image("image.repository", "registry.example.com:5000/a/holdfast-agent"))
                .isEqualTo("registry.example.com:5000/a/holdfast-agent:0.1.0");
        assertThat(image("image.repository", "Registry.example.com/a/b__c", "enabled", "true"))
                .isEqualTo("Registry.example.com/a/b__c:0.1.0");
    }

    @ParameterizedTest
    @CsvSource({"admission-policy, MutatingAdmissionPolicy", "kyverno, MutatingPolicy"})
    void all_pods_of_a_namespace_get_it_but_those_that_decline(String injection, String kind) {
        Map<String, Object> policy = Trees.kind(Chart.documents("1.36.0", "injection", injection, "pods", "all"), kind);

        assertThat(Trees.at(policy, "spec", "matchConstraints", "objectSelector"))
                .isEqualTo(Map.of(
                        "matchExpressions",
                        List.of(Map.of(
                                "key", "holdfast.dev/inject", "operator", "NotIn", "values", List.of("false")))));
        if (injection.equals("admission-policy")) {
            Models.check(policy);
        }
    }

    /** Helm's release names what belongs to no namespace, so that a second one may stand beside it. */
    @Test
    void two_releases_stand_side_by_side() throws IOException {
        Map<String, Object> binding =
                Trees.kind(Chart.documentsOf("second", Map.of()), "MutatingAdmissionPolicyBinding");

        assertThat(Trees.at(binding, "metadata", "name")).isEqualTo("second");
        assertThat(Trees.at(binding, "spec", "policyName")).isEqualTo("second");
        assertThat(Trees.at(
                        Trees.kind(Chart.documentsOf("second", Map.of()), "MutatingAdmissionPolicy"),
                        "metadata",
                        "name"))
                .isEqualTo("second");
        assertThat(Trees.at(
                        Trees.kind(Chart.documentsOf("second", Map.of("injection", "kyverno")), "MutatingPolicy"),
                        "metadata",
                        "name"))
                .isEqualTo("second");
    }

    @Test
    void names_that_look_like_numbers_or_truths_stay_names() throws IOException {
        List<Map<String, Object>> documents = Chart.documentsOf(
                "1e3",
                Map.of(
                        "namespaces",
                        List.of("123"),
                        "configMap",
                        "true",
                        "label",
                        Map.of("name", "no", "value", "1.0")));

        assertThat(documents).isNotEmpty().allSatisfy(document -> Models.check(document));
        Map<String, Object> map = Trees.kind(documents, "ConfigMap");
        assertThat(Trees.at(map, "metadata", "name")).isEqualTo("true");
        assertThat(Trees.at(map, "metadata", "namespace")).isEqualTo("123");
        Map<String, Object> policy = Trees.kind(documents, "MutatingAdmissionPolicy");
        assertThat(Trees.at(policy, "metadata", "name")).isEqualTo("1e3");
        assertThat(Trees.at(policy, "metadata", "labels", "app.kubernetes.io/instance"))
                .isEqualTo("1e3");
        assertThat(Trees.at(policy, "spec", "matchConstraints", "objectSelector", "matchLabels"))
                .isEqualTo(Map.of("no", "1.0"));
    }

    @Test
    void a_configuration_stays_as_it_is_whatever_its_first_line() throws IOException {
        for (String config : List.of(
                "    [retry]\n  max_retries = 1\n", "\n\n[retry]\n", "[retry]", "# a: b\n\ta = \"{{ x }}\"\n\n")) {
            Object written = Trees.at(
                    Chart.documentsOf("holdfast", Map.of("config", config)).get(0), "data", "holdfast.toml");

            assertThat(written.toString().stripTrailing()).isEqualTo(config.stripTrailing());
        }
    }

    private static String image(String... values) {
        String expression = (String) Trees.at(
                Trees.kind(Chart.documents("1.36.0", values), "MutatingAdmissionPolicy"),
                "spec",
                "mutations",
                0,
                "jsonPatch",
                "expression");
        Matcher image = Pattern.compile("image: '([^']*)'").matcher(expression);
        assertThat(image.find()).isTrue();
        return image.group(1);
    }

    @Test
    void the_policy_never_keeps_a_pod_from_starting() {
        for (String injection : List.of("admission-policy", "kyverno")) {
            for (Map<String, Object> document : Chart.documents("1.36.0", "injection", injection)) {
                if (!document.get("kind").equals("ConfigMap")
                        && !document.get("kind").equals("MutatingAdmissionPolicyBinding")) {
                    assertThat(Trees.at(document, "spec", "failurePolicy")).isEqualTo("Ignore");
                }
            }
        }
    }

    @Test
    void kyverno_gets_the_same_expressions() {
        List<Map<String, Object>> documents = Chart.documents("1.30.0", "injection", "kyverno");
        Map<String, Object> policy = Trees.kind(documents, "MutatingPolicy");
        Map<String, Object> spec = Trees.map(Trees.at(policy, "spec"));
        Map<String, Object> same =
                Trees.map(Trees.at(Trees.kind(Chart.documents("1.36.0"), "MutatingAdmissionPolicy"), "spec"));

        assertThat(documents)
                .extracting(document -> document.get("kind"))
                .containsExactly("ConfigMap", "MutatingPolicy");
        assertThat(policy.get("apiVersion")).isEqualTo("policies.kyverno.io/v1");
        assertThat(KYVERNO).containsAll(spec.keySet());
        for (String part : List.of("matchConstraints", "matchConditions", "variables", "mutations", "failurePolicy")) {
            assertThat(spec.get(part)).as(part).isEqualTo(same.get(part));
        }
        // Kyverno would derive rules for Deployments and the like, whose pods this policy changes anyway.
        assertThat(Trees.at(spec, "autogen", "podControllers", "controllers")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "injection, webhook",
        "namespaces[0], Not_a_name",
        "image.repository, it's",
        "image.pullPolicy, Sometimes",
        "image.digest, sha256:12",
        "configMap, a b",
        "label.name, -x",
        "config, ''",
        "config, '  '",
        "pods, some",
        "image.repository, a//b",
        "label.name, inject-",
        "label.name, a-/b",
        "label.name, a..b/c",
        "configMap, a..b",
        "enabled, 5",
        "image.repository, holdfast-agent:0.1.0",
        "image.repository, registry.example.com:5000/holdfast-agent:0.1.0",
        "unknown, x"
    })
    void helm_refuses_a_value_that_makes_no_sense(String name, String value) {
        assertThatThrownBy(() -> Chart.render("1.36.0", name, value))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("values don't meet the specifications of the schema");
    }

    @Test
    void its_version_is_that_of_the_agent() throws IOException {
        Map<String, Object> chart = Trees.yaml(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")))
                .get(0);
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(pom).contains("<version>" + chart.get("version") + "</version>");
        assertThat(chart.get("appVersion")).isEqualTo(chart.get("version"));
    }

    @Test
    void its_configuration_loads_without_a_complaint() throws ConfigException {
        String file = (String) Trees.at(Chart.documents("1.36.0").get(0), "data", "holdfast.toml");
        Configuration configuration = ConfigLoader.parse(file, "holdfast.toml");

        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.policyNames()).containsExactlyInAnyOrder("*", "*.svc.cluster.local");
    }

    @ParameterizedTest
    @CsvSource({"admission-policy, Kubernetes 1.36 or newer", "kyverno, Kyverno 1.17 or newer"})
    void the_manifest_without_helm_is_what_the_chart_renders(String injection, String needs) throws IOException {
        String rendered = Chart.render("1.36.0", "injection", injection)
                .lines()
                .filter(line -> !line.startsWith("# Source: "))
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"))
                .replaceAll("\n  labels:(\n    app\\.kubernetes\\.io/[^\n]*)+", "")
                .replaceFirst("^---\n", "");
        String manifest = """
                # Gives pods in the namespace "default" that have the label holdfast.dev/inject: "true" the agent, without a
                # change of their images; needs %s. Rendered from the chart beside it, which asks
                # for namespaces, image, label and configuration; docs/kubernetes.md says what it does.
                """.formatted(needs) + rendered + "\n";
        Path file = Trees.EXAMPLES.resolve(injection + (injection.equals("kyverno") ? "-policy" : "") + ".yaml");
        if (Boolean.getBoolean("holdfast.writeGolden")) {
            Files.writeString(file, manifest);
        }

        assertThat(Files.readString(file)).isEqualTo(manifest);
    }

    @Test
    void all_files_of_the_directory_are_checked() throws IOException {
        Set<String> files = new TreeSet<>();
        try (var listed = Files.list(Trees.EXAMPLES)) {
            listed.forEach(file -> files.add(file.getFileName().toString()));
        }

        assertThat(files)
                .containsExactly(
                        "admission-policy.yaml",
                        "chart",
                        "deployment.yaml",
                        "instrumentation.yaml",
                        "kyverno-policy.yaml",
                        "podmonitor.yaml",
                        "prometheus-scrape.yaml");
    }
}
