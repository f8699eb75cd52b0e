package compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program that uses a library: a module beside this one.
 *
 * @param module the name of its directory
 * @param classPath what it runs with: its own classes and the library with all that belongs to it
 */
record Library(String module, String classPath) {
    private static final Path MODULES = Path.of("..").toAbsolutePath().normalize();

    /** All that were built, in the order of their names. */
    static List<Library> all() throws IOException {
        try (Stream<Path> modules = Files.list(MODULES)) {
            return modules.filter(module -> Files.isRegularFile(module.resolve("target/class-path.txt")))
                    .filter(module -> !module.endsWith("kit") && !module.endsWith("run"))
                    .map(Library::of)
                    .sorted((a, b) -> a.module.compareTo(b.module))
                    .toList();
        }
    }

    private static Library of(Path module) {
        try {
            String libraries =
                    Files.readString(module.resolve("target/class-path.txt")).strip();
            return new Library(module.getFileName().toString(), module.resolve("target/classes") + ":" + libraries);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Its main class. */
    String main() {
        StringBuilder name = new StringBuilder("com.example.compat.");
        for (String word : module.split("-")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return name.append("Program").toString();
    }

    /** The version of an artifact on its class path. */
    String version(String artifact) {
        if (artifact.isEmpty()) {
            return "";
        }
        Matcher matcher = Pattern.compile("/" + Pattern.quote(artifact) + "-([0-9][^/]*)\\.jar")
                .matcher(classPath);
        if (!matcher.find()) {
            throw new IllegalStateException(artifact + " is not on the class path of " + module);
        }
        return matcher.group(1);
    }
}
