package dev.holdfast.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The Kubernetes manifest is YAML whose parts fit together, and holds a file that loads. */
class ManifestTest {
    private final List<Object> documents = new ArrayList<>();

    ManifestTest() throws IOException {
        String text = Files.readString(Path.of("../../config-examples/kubernetes/deployment.yaml"));
        new Load(LoadSettings.builder().build()).loadAllFromString(text).forEach(documents::add);
    }

    @Test
    void isAConfigMapAndADeployment() {
        assertThat(documents).extracting(document -> at(document, "kind")).containsExactly("ConfigMap", "Deployment");
        assertThat(at(documents.get(1), "spec", "selector", "matchLabels"))
                .isEqualTo(at(documents.get(1), "spec", "template", "metadata", "labels"));
    }

    @Test
    void bringsTheJarAndTheFileToWhereTheOptionNamesThem() {
        Object pod = at(documents.get(1), "spec", "template", "spec");
        Object brings = first(at(pod, "initContainers"));
        Object program = first(at(pod, "containers"));
        Object option = at(first(at(program, "env")), "value");
        List<?> volumes = (List<?>) at(pod, "volumes");

        assertThat(option).isEqualTo("-javaagent:/holdfast/holdfast-agent.jar=/etc/holdfast/holdfast.toml");
        assertThat((List<?>) at(brings, "command")).last().isEqualTo("/holdfast/holdfast-agent.jar");
        assertThat(mount(brings, "/holdfast")).isEqualTo(mount(program, "/holdfast"));
        assertThat(volumes).extracting(volume -> at(volume, "name")).contains(mount(program, "/holdfast"));
        assertThat(volumes)
                .filteredOn(volume -> mount(program, "/etc/holdfast").equals(at(volume, "name")))
                .singleElement()
                .satisfies(volume -> assertThat(at(volume, "configMap", "name"))
                        .isEqualTo(at(documents.get(0), "metadata", "name")));
        assertThat(program.toString()).as("such a mount is never updated").doesNotContain("subPath");
    }

    @Test
    void holdsAFileThatLoadsWithoutAComplaint() throws ConfigException {
        String file = (String) at(documents.get(0), "data", "holdfast.toml");
        Configuration configuration = ConfigLoader.parse(file, "holdfast.toml");

        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.policyNames()).containsExactlyInAnyOrder("*", "*.svc.cluster.local");
    }

    private static Object mount(Object container, String path) {
        for (Object mount : (List<?>) at(container, "volumeMounts")) {
            if (path.equals(at(mount, "mountPath"))) {
                return at(mount, "name");
            }
        }
        throw new AssertionError("nothing at " + path);
    }

    private static Object first(Object list) {
        return ((List<?>) list).get(0);
    }

    private static Object at(Object value, String... path) {
        Object found = value;
        for (String name : path) {
            found = Objects.requireNonNull(((Map<?, ?>) found).get(name), name);
        }
        return found;
    }
}
