package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The JDKs to measure on: one of each version from 17 up, the running one and those beside it. */
final class Jdks {
    private Jdks() {}

    static List<Path> find() throws IOException {
        TreeMap<Integer, Path> found = new TreeMap<>();
        Path running = Path.of(System.getProperty("java.home"));
        found.put(Runtime.version().feature(), running);
        try (Stream<Path> beside = Files.list(running.getParent())) {
            for (Path home : beside.sorted().toList()) {
                int feature = feature(home);
                if (feature >= 17) {
                    found.putIfAbsent(feature, home);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** Its version, 0 for what is no JDK. */
    static int feature(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(home.resolve("bin/java"))) {
            return 0;
        }
        for (String line : Files.readAllLines(release)) {
            if (line.startsWith("JAVA_VERSION=\"")) {
                String version = line.substring(14, line.length() - 1);
                return version.startsWith("1.")
                        ? 8
                        : Runtime.Version.parse(version).feature();
            }
        }
        return 0;
    }
}
