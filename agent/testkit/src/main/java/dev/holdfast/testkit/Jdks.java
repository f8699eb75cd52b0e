package dev.holdfast.testkit;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.TestAbortedException;

/**
 * The JDKs of this machine that a forked test has to run on: one of each feature version from 17 up. Looked for in the
 * property {@code holdfast.jdks} and the variable {@code HOLDFAST_JDKS} (paths, separated as in a class path), in every
 * {@code JAVA_HOME*} variable, in the JDK that runs the tests and in the directories beside that one.
 *
 * <p>The versions of {@link #WANTED} have to be there: where one is missing, {@link #all()} holds a stand-in whose
 * {@link Jdk#orSkip()} skips the test loudly, or fails it where the variable {@code CI} is {@code true}.
 */
public final class Jdks {
    /** The versions that each forked test must have run on: the oldest and the newest long-term releases. */
    public static final List<Integer> WANTED = List.of(17, 25);

    private static final List<Jdk> ALL = find();

    private Jdks() {}

    /**
     * A JDK.
     *
     * @param feature its feature version, such as 17
     * @param home its directory; an empty path if it is missing
     */
    public record Jdk(int feature, Path home) {
        /** Returns whether it is here. */
        public boolean present() {
            return !home.toString().isEmpty();
        }

        /** This JDK; if it is missing, skips the calling test, or fails it on CI. */
        public Jdk orSkip() {
            if (!present()) {
                String message = "JDK " + feature + " was not found: name its directory in HOLDFAST_JDKS";
                if ("true".equals(System.getenv("CI")) || Boolean.getBoolean("holdfast.jdks.required")) {
                    throw new AssertionError(message);
                }
                Assumptions.abort("SKIPPED: " + message);
            }
            return this;
        }

        /** One of its tools, such as {@code java}. */
        public Path tool(String name) {
            return home.resolve("bin").resolve(name);
        }

        @Override
        public String toString() {
            return "JDK " + feature + (present() ? "" : " (missing)");
        }
    }

    /** One of each feature version, oldest first; for {@code @MethodSource("dev.holdfast.testkit.Jdks#all")}. */
    public static List<Jdk> all() {
        return ALL;
    }

    /** The part of a test that runs on one JDK. */
    @FunctionalInterface
    public interface OnJdk {
        /** Does it. */
        void run(Jdk jdk) throws Exception;
    }

    /**
     * Does the same on each JDK at the same time, for tests that wait more than they work; fails if it fails on any.
     */
    public static void sideBySide(OnJdk test) {
        Map<Jdk, CompletableFuture<Void>> runs = new LinkedHashMap<>();
        for (Jdk jdk : all()) {
            runs.put(
                    jdk,
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    test.run(jdk.orSkip());
                                } catch (Exception e) {
                                    throw new CompletionException(e);
                                }
                            },
                            task -> new Thread(task, jdk.toString()).start()));
        }
        AssertionError failed = null;
        TestAbortedException skipped = null;
        for (Map.Entry<Jdk, CompletableFuture<Void>> run : runs.entrySet()) {
            try {
                run.getValue().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof TestAbortedException aborted) {
                    skipped = aborted;
                } else if (failed == null) {
                    failed = new AssertionError("on " + run.getKey(), e.getCause());
                } else {
                    failed.addSuppressed(new AssertionError("on " + run.getKey(), e.getCause()));
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
        if (skipped != null) {
            throw skipped;
        }
    }

    private static List<Jdk> find() {
        Map<Integer, Jdk> found = new TreeMap<>();
        candidates().forEach(home -> add(home, found));
        WANTED.forEach(feature -> found.computeIfAbsent(feature, f -> new Jdk(f, Path.of(""))));
        return List.copyOf(found.values());
    }

    private static Collection<Path> candidates() {
        List<Path> homes = new ArrayList<>();
        Path running = Path.of(System.getProperty("java.home"));
        homes.add(running);
        Stream.of(System.getProperty("holdfast.jdks", ""), System.getenv().getOrDefault("HOLDFAST_JDKS", ""))
                .flatMap(paths -> Stream.of(paths.split(java.io.File.pathSeparator)))
                .filter(path -> !path.isBlank())
                .forEach(path -> homes.add(Path.of(path)));
        new TreeMap<>(System.getenv()).forEach((name, value) -> {
            if (name.startsWith("JAVA_HOME") && !value.isBlank()) {
                homes.add(Path.of(value));
            }
        });
        Path parent = running.getParent();
        if (parent != null) {
            try (Stream<Path> beside = Files.list(parent)) {
                beside.sorted().forEach(homes::add);
            } catch (IOException e) {
                // A directory that cannot be listed holds no JDK for us.
            }
        }
        return homes;
    }

    private static void add(Path home, Map<Integer, Jdk> found) {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(home.resolve("bin/javac"))) {
            return;
        }
        try (Reader reader = Files.newBufferedReader(release)) {
            Properties properties = new Properties();
            properties.load(reader);
            String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
            int feature = version.isEmpty() ? 0 : Runtime.Version.parse(version).feature();
            if (feature >= 17) {
                found.putIfAbsent(feature, new Jdk(feature, home.toRealPath()));
            }
        } catch (IOException | IllegalArgumentException e) {
            // Java 8 and older write versions that do not parse; they are not wanted anyway.
        }
    }
}
