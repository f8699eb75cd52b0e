package dev.holdfast.image;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
}
