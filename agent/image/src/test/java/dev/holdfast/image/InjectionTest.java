package dev.holdfast.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies of the chart, by their expressions, give pods the agent and leave all else of them as it was. */
class InjectionTest {
    private static final String OPTION = " -javaagent:/holdfast/holdfast-agent.jar=/etc/holdfast/holdfast.toml";

    private static final List<Admission> POLICIES = List.of(
            new Admission(Trees.kind(Chart.documents("1.36.0"), "MutatingAdmissionPolicy")),
            new Admission(Trees.kind(Chart.documents("1.36.0", "injection", "kyverno"), "MutatingPolicy")));

    static List<Admission> policies() {
        return POLICIES;
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_pod_that_has_nothing_gets_all_of_it(Admission policy) {
        Map<String, Object> admitted = policy.admit(pod("containers: [{name: shop, image: shop}]"));

        assertThat(admitted).isEqualTo(pod("""
                        volumes:
                          - {name: holdfast-agent, emptyDir: {sizeLimit: 32Mi}}
                          - {name: holdfast-config, configMap: {name: holdfast, optional: true}}
                        initContainers:
                          - name: holdfast
                            image: registry.example.com/holdfast-agent:0.1.0
                            imagePullPolicy: IfNotPresent
                            command: [cp, /javaagent.jar, /holdfast/holdfast-agent.jar]
                            resources:
                              requests: {cpu: 100m, memory: 64Mi}
                              limits: {cpu: 100m, memory: 64Mi}
                            securityContext:
                              allowPrivilegeEscalation: false
                              readOnlyRootFilesystem: true
                              runAsNonRoot: true
                              capabilities: {drop: [ALL]}
                              seccompProfile: {type: RuntimeDefault}
                            volumeMounts: [{name: holdfast-agent, mountPath: /holdfast}]
                        containers:
                          - name: shop
                            image: shop
                            env:
                              - {name: JAVA_TOOL_OPTIONS, value: "%s"}
                            volumeMounts:
                              - {name: holdfast-agent, mountPath: /holdfast, readOnly: true}
                              - {name: holdfast-config, mountPath: /etc/holdfast, readOnly: true}
                        """.formatted(OPTION)));
        assertThat(Models.check(admitted)).isEqualTo("v1/Pod");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void what_the_variable_held_stays_in_front(Admission policy) {
        Map<String, Object> admitted = policy.admit(pod("""
                volumes: [{name: tmp, emptyDir: {}}]
                initContainers: [{name: migrate, image: shop}]
                containers:
                  - name: shop
                    image: shop
                    env:
                      - {name: A, value: "1"}
                      - {name: JAVA_TOOL_OPTIONS, value: "-Xmx1g -javaagent:/other.jar"}
                      - {name: B, value: "2"}
                    volumeMounts: [{name: tmp, mountPath: /tmp}]
                  - name: worker
                    image: worker
                    env: [{name: JAVA_TOOL_OPTIONS}]
                  - name: web
                    image: web
                    env: []
                """));

        assertThat(Trees.at(admitted, "spec", "containers", 0, "env"))
                .isEqualTo(List.of(
                        Map.of("name", "A", "value", "1"),
                        Map.of("name", "JAVA_TOOL_OPTIONS", "value", "-Xmx1g -javaagent:/other.jar" + OPTION),
                        Map.of("name", "B", "value", "2")));
        assertThat(Trees.at(admitted, "spec", "containers", 1, "env"))
                .isEqualTo(List.of(Map.of("name", "JAVA_TOOL_OPTIONS", "value", OPTION)));
        assertThat(Trees.at(admitted, "spec", "containers", 2, "env"))
                .isEqualTo(List.of(Map.of("name", "JAVA_TOOL_OPTIONS", "value", OPTION)));
        assertThat(names(admitted, "initContainers")).containsExactly("holdfast", "migrate");
        assertThat(names(admitted, "volumes")).containsExactly("tmp", "holdfast-agent", "holdfast-config");
        assertThat(mounts(admitted, 0)).containsExactly("/tmp", "/holdfast", "/etc/holdfast");
        assertThat(mounts(admitted, 1)).containsExactly("/holdfast", "/etc/holdfast");
        assertThat(mounts(admitted, 2)).containsExactly("/holdfast", "/etc/holdfast");
        Models.check(admitted);
    }

    /** Kubernetes admits such a pod with a warning; the program sees the last one. */
    @ParameterizedTest
    @MethodSource("policies")
    void of_two_entries_of_the_variable_the_last_one_counts(Admission policy) {
        Map<String, Object> admitted = policy.admit(pod("""
                containers:
                  - name: shop
                    image: shop
                    env:
                      - {name: JAVA_TOOL_OPTIONS, value: "-Dfirst"}
                      - {name: A, value: "1"}
                      - {name: JAVA_TOOL_OPTIONS, value: "-Dlast"}
                """));

        assertThat(Trees.at(admitted, "spec", "containers", 0, "env"))
                .isEqualTo(List.of(
                        Map.of("name", "JAVA_TOOL_OPTIONS", "value", "-Dfirst"),
                        Map.of("name", "A", "value", "1"),
                        Map.of("name", "JAVA_TOOL_OPTIONS", "value", "-Dlast" + OPTION)));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_container_whose_variable_comes_from_elsewhere_stays_as_it_is(Admission policy) {
        String kept = """
                - name: shop
                  image: shop
                  env:
                    - name: JAVA_TOOL_OPTIONS
                      valueFrom: {configMapKeyRef: {name: jvm, key: options}}
                """;
        Map<String, Object> admitted = policy.admit(pod("containers:\n" + kept + "- {name: worker, image: worker}\n"));

        assertThat(Trees.at(admitted, "spec", "containers", 0))
                .isEqualTo(Trees.at(pod("containers:\n" + kept), "spec", "containers", 0));
        assertThat(Trees.at(admitted, "spec", "containers", 1, "env", 0, "value"))
                .isEqualTo(OPTION);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void an_annotation_names_the_containers(Admission policy) {
        Map<String, Object> pod = pod(
                "containers: [{name: shop, image: shop}, {name: proxy, image: proxy}, {name: worker, image: worker}]");
        Trees.map(Trees.at(pod, "metadata")).put("annotations", Map.of("holdfast.dev/containers", "worker, shop"));

        Map<String, Object> admitted = policy.admit(pod);

        assertThat(Trees.at(admitted, "spec", "containers", 0, "env", 0, "value"))
                .isEqualTo(OPTION);
        assertThat(Trees.at(admitted, "spec", "containers", 1)).isEqualTo(Map.of("name", "proxy", "image", "proxy"));
        assertThat(Trees.at(admitted, "spec", "containers", 2, "env", 0, "value"))
                .isEqualTo(OPTION);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_pod_that_asks_for_root_can_start_the_init_container(Admission policy) {
        String containers = "containers: [{name: shop, image: shop}]\n";

        assertThat(nonRoot(policy.admit(pod(containers + "securityContext: {runAsUser: 0}"))))
                .isEqualTo(false);
        assertThat(nonRoot(policy.admit(pod(containers + "securityContext: {runAsUser: 1000}"))))
                .isEqualTo(true);
        assertThat(nonRoot(policy.admit(pod(containers + "securityContext: {fsGroup: 0}"))))
                .isEqualTo(true);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_second_admission_changes_nothing(Admission policy) {
        Map<String, Object> admitted = policy.admit(pod("containers: [{name: shop, image: shop}]"));

        assertThat(policy.admit(admitted)).isEqualTo(admitted);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_pod_in_which_no_container_is_to_be_changed_stays_as_it_is(Admission policy) {
        String fromElsewhere = "env: [{name: JAVA_TOOL_OPTIONS, value: \"-Da\"}, {name: JAVA_TOOL_OPTIONS,"
                + " valueFrom: {configMapKeyRef: {name: jvm, key: options}}}]";
        Map<String, Object> kept = pod("containers: [{name: shop, image: shop, " + fromElsewhere + "}]");
        assertThat(policy.admit(kept)).isEqualTo(kept);

        for (String annotation : List.of("", "other", "a;b")) {
            Map<String, Object> pod = pod("containers: [{name: shop, image: shop}]");
            Trees.map(Trees.at(pod, "metadata")).put("annotations", Map.of("holdfast.dev/containers", annotation));

            assertThat(policy.admit(pod)).as(annotation).isEqualTo(pod);
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_pod_that_has_a_container_of_that_name_stays_as_it_is(Admission policy) {
        Map<String, Object> pod = pod("containers: [{name: holdfast, image: shop}]");

        assertThat(policy.admit(pod)).isEqualTo(pod);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void only_the_last_entry_of_the_variable_decides(Admission policy) {
        Map<String, Object> admitted = policy.admit(pod("""
                containers:
                  - name: shop
                    image: shop
                    env:
                      - name: JAVA_TOOL_OPTIONS
                        valueFrom: {configMapKeyRef: {name: jvm, key: options}}
                      - {name: JAVA_TOOL_OPTIONS, value: "-Dlast"}
                """));

        assertThat(Trees.at(admitted, "spec", "containers", 0, "env", 1, "value"))
                .isEqualTo("-Dlast" + OPTION);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void a_pod_of_windows_stays_as_it_is(Admission policy) {
        Map<String, Object> pod = pod("os: {name: windows}\ncontainers: [{name: shop, image: shop}]");

        assertThat(policy.admit(pod)).isEqualTo(pod);
        Map<String, Object> selected =
                pod("nodeSelector: {kubernetes.io/os: windows}\ncontainers: [{name: shop, image: shop}]");
        assertThat(policy.admit(selected)).isEqualTo(selected);
        assertThat(names(
                        policy.admit(pod("nodeSelector: {kubernetes.io/os: linux, a: b}\n"
                                + "containers: [{name: shop, image: shop}]")),
                        "volumes"))
                .hasSize(2);
        assertThat(names(policy.admit(pod("os: {name: linux}\ncontainers: [{name: shop, image: shop}]")), "volumes"))
                .hasSize(2);
    }

    @Test
    void a_field_that_a_pod_does_not_have_is_found() {
        String policy = Chart.render("1.36.0").replace("mountPath: '/holdfast'", "mountpath: '/holdfast'");
        Admission wrong = new Admission(Trees.kind(Trees.yaml(policy), "MutatingAdmissionPolicy"));

        assertThatThrownBy(() -> wrong.admit(pod("containers: [{name: shop, image: shop}]")))
                .isInstanceOf(AssertionError.class)
                .hasStackTraceContaining("undefined field 'mountpath'");
    }

    private static Map<String, Object> pod(String spec) {
        return Trees.yaml("apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n" + spec.indent(2))
                .get(0);
    }

    private static Object nonRoot(Map<String, Object> pod) {
        return Trees.at(pod, "spec", "initContainers", 0, "securityContext", "runAsNonRoot");
    }

    private static List<Object> names(Map<String, Object> pod, String list) {
        return Trees.list(Trees.at(pod, "spec", list)).stream()
                .map(element -> Trees.at(element, "name"))
                .toList();
    }

    private static List<Object> mounts(Map<String, Object> pod, int container) {
        return Trees.list(Trees.at(pod, "spec", "containers", container, "volumeMounts")).stream()
                .map(mount -> Trees.at(mount, "mountPath"))
                .toList();
    }
}
