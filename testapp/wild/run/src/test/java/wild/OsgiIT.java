package wild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks.Jdk;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bundle in a Felix framework, which sees of the JVM only what it may, and whose URLs are opened through the
 * framework: by both clients, with and without packages that it gets from the JVM unasked.
 */
class OsgiIT {
    private static final int ROUNDS = 10;
    /** The JDK itself keeps some for a while, without the agent too; a leak of ours keeps each. */
    private static final int MAY_BE_LEFT = 5;

    private static final Path MODULE = Path.of("..", "osgi", "target");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_bundle_is_served_and_uninstalled(Jdk jdk) throws IOException {
        Path config = Files.writeString(directory.resolve("holdfast.toml"), """
                [retry]
                initial_delay = "1ms"
                [retry.budget]
                enabled = false
                """);
        String seen = "BundleClassLoader: HttpURLConnection %1$d, send %1$d, sendAsync %1$d";

        for (String delegated : new String[] {"", "sun.*,com.sun.*", "*"}) {
            Result without = run(jdk, null, delegated, 3);
            Result with = run(jdk, config, delegated, 6);

            assertThat(without.lines())
                    .as("%s: %s", delegated, without.err())
                    .startsWith(Collections.nCopies(ROUNDS, seen.formatted(503)).toArray(String[]::new));
            assertThat(with.lines())
                    .as("%s: %s", delegated, with.err())
                    .startsWith(Collections.nCopies(ROUNDS, seen.formatted(200)).toArray(String[]::new));
            assertThat(with.out()).as("loaders").containsPattern("left [0-" + MAY_BE_LEFT + "]\n");
            String active = "[holdfast] 0.1.0 is active: 1 policy from " + config;
            assertThat(with.err().replaceAll(Pattern.quote(active) + ".*\n", ""))
                    .isEqualTo(without.err());
        }
    }

    private Result run(Jdk jdk, @Nullable Path policies, String delegated, int requestsOfARound) throws IOException {
        Path work = Files.createTempDirectory(directory, "framework");
        TomcatIT.copyClasses(MODULE.resolve("classes"), "com/example/osgi", work.resolve("classes"));
        try (Upstream upstream = Upstream.busy()) {
            ForkedJvm jvm = new ForkedJvm(jdk)
                    .classPath(work.resolve("classes")
                            + File.pathSeparator
                            + Files.readString(MODULE.resolve("class-path.txt")));
            if (policies != null) {
                jvm.agent(policies.toString());
            }
            Result result = jvm.main(
                            "com.example.osgi.Host",
                            work.resolve("cache").toString(),
                            bundle(work).toString(),
                            upstream.uri(),
                            "" + ROUNDS,
                            "" + MAY_BE_LEFT,
                            delegated)
                    .run()
                    .succeeded();
            assertThat(upstream.received()).as(result.err()).hasSize(requestsOfARound * ROUNDS);
            return result;
        }
    }

    private static Path bundle(Path work) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", "com.example.bundle");
        attributes.putValue("Bundle-Version", "1.0.0");
        attributes.putValue("Bundle-Activator", "com.example.bundle.Activator");
        attributes.putValue("Import-Package", "org.osgi.framework");
        Path jar = work.resolve("bundle.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> files = Files.list(MODULE.resolve("classes/com/example/bundle"))) {
            for (Path file : files.toList()) {
                out.putNextEntry(new JarEntry("com/example/bundle/" + file.getFileName()));
                out.write(Files.readAllBytes(file));
                out.closeEntry();
            }
        }
        return jar;
    }
}
