package dev.holdfast.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Trees of maps and lists, as YAML and JSON are read into. */
final class Trees {
    /** The repository. */
    static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();

    /** The directory of the examples for Kubernetes. */
    static final Path EXAMPLES = REPOSITORY.resolve("config-examples/kubernetes");

    private Trees() {}

    /** Reads the documents of an example. */
    static List<Map<String, Object>> example(String name) throws IOException {
        return yaml(Files.readString(EXAMPLES.resolve(name)));
    }

    /** Reads documents of YAML, in which no key stands twice. */
    static List<Map<String, Object>> yaml(String text) {
        List<Map<String, Object>> documents = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            if (document != null) {
                documents.add(map(document));
            }
        }
        return documents;
    }

    /** Returns the document of this kind. */
    static Map<String, Object> kind(List<Map<String, Object>> documents, String kind) {
        return documents.stream()
                .filter(document -> kind.equals(document.get("kind")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " in " + documents));
    }

    /**
     * Returns the value at a path.
     *
     * @param path names of keys, and numbers of elements
     */
    static Object at(Object tree, Object... path) {
        Object found = tree;
        for (Object step : path) {
            found = step instanceof Integer index
                    ? list(found).get(index)
                    : map(found).get(step);
            Objects.requireNonNull(found, () -> step + " of " + List.of(path));
        }
        return found;
    }

    static List<Object> list(Object value) {
        return new ArrayList<>((List<?>) value);
    }

    @SuppressWarnings("unchecked") // keys of YAML and JSON are strings here
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
