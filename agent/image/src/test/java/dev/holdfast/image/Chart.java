package dev.holdfast.image;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The chart of the examples, under Helm itself, which runs inside this JVM. */
final class Chart {
    static final Path DIRECTORY = Trees.EXAMPLES.resolve("chart");

    private Chart() {}

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().call();
    }

    /**
     * Renders it.
     *
     * @param kubernetes the version of the cluster
     * @param values pairs of a name and a value, in place of those of {@code values.yaml}
     * @throws IllegalStateException if Helm refuses the values
     */
    static String render(String kubernetes, String... values) {
        TemplateCommand command =
                new Helm(DIRECTORY).template().withName("holdfast").withKubeVersion(kubernetes);
        for (int i = 0; i < values.length; i += 2) {
            command.set(values[i], values[i + 1]);
        }
        return command.call();
    }

    static List<Map<String, Object>> documents(String kubernetes, String... values) {
        return Trees.yaml(render(kubernetes, values));
    }

    /** Renders a release of any name with a file of values, which may hold any text. */
    static List<Map<String, Object>> documentsOf(String release, Map<String, Object> values) throws IOException {
        Path file = Files.createTempFile("values", ".json"); // JSON is YAML
        try {
            Files.writeString(file, JsonMapper.shared().writeValueAsString(values));
            return Trees.yaml(new Helm(DIRECTORY)
                    .template()
                    .withName(release)
                    .withKubeVersion("1.36.0")
                    .withValuesFile(file)
                    .call());
        } finally {
            Files.delete(file);
        }
    }
}
