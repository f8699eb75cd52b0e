package bench;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The class path of the programs that are measured. */
final class ClassPaths {
    private ClassPaths() {}

    /**
     * Returns all but the agent's own classes: found on the class path, the agent would not be read from its jar.
     *
     * @param classPath the class path of the benchmarks
     */
    static String withoutAgent(String classPath) {
        List<String> kept = new ArrayList<>();
        Path benchmarks = benchmarks();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry);
            boolean isOwn = path.toAbsolutePath().normalize().equals(benchmarks);
            if (isOwn
                    || !(path.endsWith("target/classes")
                            || path.getFileName().toString().startsWith("holdfast-"))) {
                kept.add(entry);
            }
        }
        return String.join(File.pathSeparator, kept);
    }

    /** Returns {@link #withoutAgent(String)} of the running benchmarks. */
    static String withoutAgent() {
        return withoutAgent(System.getProperty("java.class.path"));
    }

    private static Path benchmarks() {
        try {
            return Path.of(Benchmarks.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath()
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
