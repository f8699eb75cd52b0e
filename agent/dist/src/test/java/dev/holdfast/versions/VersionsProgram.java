package dev.holdfast.versions;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes calls with several versions of a library in one JVM, each in a class loader of its own. Its arguments are the
 * class that makes the calls, where that is, a directory with one directory of jars for each version, and the calls;
 * prints a line for each.
 */
public final class VersionsProgram {
    private VersionsProgram() {}

    public static void main(String[] arguments) throws Exception {
        List<Path> versions;
        try (Stream<Path> found = Files.list(Path.of(arguments[2]))) {
            versions = found.sorted().toList();
        }
        for (Path version : versions) {
            List<URL> urls = new ArrayList<>(List.of(url(Path.of(arguments[1]))));
            try (Stream<Path> jars = Files.list(version)) {
                for (Path jar : jars.toList()) {
                    urls.add(url(jar));
                }
            }
            try (URLClassLoader loader =
                    new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
                @SuppressWarnings("unchecked") // as it is declared
                Function<String, String> caller = (Function<String, String>)
                        loader.loadClass(arguments[0]).getConstructor().newInstance();
                for (String call : Arrays.asList(arguments).subList(3, arguments.length)) {
                    System.out.println(version.getFileName() + " " + call.split(" ", -1)[0] + ": "
                            + caller.apply(call.replace(
                                    "VERSION", version.getFileName().toString())));
                }
            }
        }
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }
}
