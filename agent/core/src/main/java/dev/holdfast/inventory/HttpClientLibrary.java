package dev.holdfast.inventory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that programs use. Immutable.
 *
 * @param name for people
 * @param covered whether calls of it come under Holdfast's policies
 * @param api the class by which an archive is known to contain it, in every version
 * @param carriers classes that the JVM loads when a call is made, and not when the client is only looked for or set up
 * @param artifacts the Maven artifacts in which it comes, for its version
 */
public record HttpClientLibrary(
        String name, boolean covered, String api, List<String> carriers, List<String> artifacts) {

    /** Copies the lists. */
    public HttpClientLibrary {
        carriers = List.copyOf(carriers);
        artifacts = List.copyOf(artifacts);
    }

    /** The first parts of package names that relocation often drops. */
    private static final List<String> TOP_LEVELS = List.of("org.", "com.", "io.");

    /**
     * Returns whether a class is an expected one, or a copy of it that was relocated:
     * {@code com.vendor.shaded.okhttp3.X} for {@code okhttp3.X}, and {@code com.vendor.shaded.apache.http.X} for
     * {@code org.apache.http.X}.
     */
    static boolean matches(String className, String expected) {
        if (className.equals(expected) || endsWithName(className, expected)) {
            return true;
        }
        for (String top : TOP_LEVELS) {
            if (expected.startsWith(top)) {
                return endsWithName(className, expected.substring(top.length()));
            }
        }
        return false;
    }

    private static boolean endsWithName(String name, String end) {
        int before = name.length() - end.length() - 1;
        return before > 0 && name.charAt(before) == '.' && name.endsWith(end);
    }

    /** The package of a class, empty for none. */
    static String packageOf(String className) {
        int dot = className.lastIndexOf('.');
        return dot < 0 ? "" : className.substring(0, dot);
    }

    /**
     * The version that a name of an artifact's file tells.
     *
     * @param fileName such as {@code okhttp-4.12.0.jar}
     * @return null: it is no file of this library, or tells none
     */
    public @Nullable String versionIn(String fileName) {
        for (String artifact : artifacts) {
            String rest = fileName.startsWith(artifact) ? fileName.substring(artifact.length()) : "";
            // Scala's libraries have its version behind their names: akka-http-core_2.13-10.2.10.jar
            rest = rest.replaceFirst("^_[0-9.]+(?=-)", "");
            if (rest.matches("-[0-9][^/]*\\.jar")) {
                return rest.substring(1, rest.length() - ".jar".length());
            }
        }
        return null;
    }

    /** Returns whether a Maven artifact is of this library. */
    public boolean isArtifact(String artifactId) {
        return artifacts.contains(artifactId.replaceFirst("_[0-9.]+$", ""));
    }
}
