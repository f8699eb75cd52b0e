package dev.holdfast.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The newest release of a library today, with all that it needs: tried beside the versions of the build if
 * {@code -Dlatest=true}. Maven finds and fetches it, into a repository of its own; where it cannot, the test is
 * skipped.
 */
public final class LatestRelease {
    private static final Path ALL = Path.of("target", "latest").toAbsolutePath();
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:";

    /** A version that is no preview of one, as in the {@code maven-metadata.xml} of its library. */
    private static final Pattern RELEASE = Pattern.compile("<version>(\\d+(?:\\.\\d+)*)</version>");

    private static final String POM = """
            <project>
              <modelVersion>4.0.0</modelVersion>
              <groupId>latest</groupId>
              <artifactId>latest</artifactId>
              <version>1</version>
              <dependencies>
                <dependency>
                  <groupId>%s</groupId>
                  <artifactId>%s</artifactId>
                  <version>%s</version>
                </dependency>
              </dependencies>
            </project>
            """;

    private LatestRelease() {}

    /** Returns whether the newest releases are to be tried. */
    public static boolean isWanted() {
        return Boolean.getBoolean("latest");
    }

    /**
     * Returns the directory of its jars, whose name is the version.
     *
     * @throws org.opentest4j.TestAbortedException where Maven does not reach a repository
     */
    public static Path of(String group, String artifact) throws IOException {
        Path work = Files.createDirectories(ALL.resolve(artifact));
        try {
            maven(
                    work,
                    PLUGIN + "get",
                    "-U",
                    "-Dtransitive=false",
                    "-Dartifact=" + group + ":" + artifact + ":RELEASE");
            String version = newest(ALL.resolve("repository")
                            .resolve(group.replace('.', '/'))
                            .resolve(artifact))
                    .orElseThrow(() -> new IOException("no release of " + artifact + " is listed"));
            Path jars = work.resolve(version);
            Path pom = Files.writeString(work.resolve("pom.xml"), POM.formatted(group, artifact, version));
            maven(
                    work,
                    PLUGIN + "copy-dependencies",
                    "-f",
                    pom.toString(),
                    "-DincludeScope=runtime",
                    "-DoutputDirectory=" + jars);
            System.err.println("trying the newest release of " + artifact + ": " + version);
            return jars;
        } catch (IOException e) {
            String message = "THE NEWEST RELEASE OF " + artifact + " IS NOT TRIED: " + e.getMessage();
            System.err.println(message);
            return Assumptions.abort(message);
        }
    }

    /** Returns the highest version that is no preview. */
    private static Optional<String> newest(Path library) throws IOException {
        try (Stream<Path> files = Files.list(library)) {
            List<Path> metadata = files.filter(
                            file -> file.getFileName().toString().matches("maven-metadata-.*\\.xml"))
                    .toList();
            Optional<String> newest = Optional.empty();
            for (Path file : metadata) {
                newest = Stream.concat(newest.stream(), releases(Files.readString(file)))
                        .max(Comparator.comparing(LatestRelease::comparable));
            }
            return newest;
        }
    }

    private static Stream<String> releases(String metadata) {
        Matcher matcher = RELEASE.matcher(metadata);
        return matcher.results().map(result -> result.group(1));
    }

    /** The version with numbers of five digits each. */
    private static String comparable(String version) {
        return Stream.of(version.split("\\.", -1))
                .map(number -> "%5s".formatted(number))
                .reduce("", String::concat);
    }

    private static void maven(Path work, String... arguments) throws IOException {
        Path log = work.resolve("maven.log");
        List<String> command = Stream.concat(
                        Stream.of("mvn", "-B", "-q", "-Dmaven.repo.local=" + ALL.resolve("repository")),
                        Stream.of(arguments))
                .toList();
        Process maven = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!maven.waitFor(5, TimeUnit.MINUTES) || maven.exitValue() != 0) {
                throw new IOException("Maven failed: " + Files.readString(log).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            maven.destroyForcibly();
        }
    }
}
