package dev.holdfast.client.okhttp;

import dev.holdfast.testkit.ToyClasses;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;

/**
 * The copies of OkHttp that the build has put into {@code target/okhttp}, each with what it needs and a caller; and
 * copies of these under other packages, as a vendor's build makes them.
 */
final class OkHttpJars {
    private static final Path JARS = Path.of("target/okhttp").toAbsolutePath();
    private static final String[] CALLER = {
        "OkHttpCaller", "OkHttpCaller$1", "OkHttpCaller$2", "OkHttpCaller$StreamedBody", "OkHttpCaller$Threads"
    };

    private final Path directory;
    private final Path caller;

    /** Writes into a directory. */
    OkHttpJars(Path directory) throws IOException {
        this.directory = directory;
        Map<String, byte[]> classes = new LinkedHashMap<>();
        for (String name : CALLER) {
            String file = "dev/holdfast/client/okhttp/" + name + ".class";
            try (InputStream in = OkHttpJars.class.getClassLoader().getResourceAsStream(file)) {
                classes.put(file, in.readAllBytes());
            }
        }
        this.caller = Files.write(directory.resolve("caller.jar"), ToyClasses.zip(classes));
    }

    /** All versions, each with its libraries and the caller, as class paths. */
    List<String> all() throws IOException {
        List<String> copies = new ArrayList<>();
        try (Stream<Path> jars = Files.list(JARS)) {
            for (Path jar : jars.filter(file -> file.getFileName().toString().startsWith("okhttp-"))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList()) {
                copies.add(String.join(File.pathSeparator, jar.toString(), libraries(jar), caller.toString()));
            }
        }
        return copies;
    }

    /** A directory of a version and its libraries, with the caller, as a class path. */
    String of(Path version) throws IOException {
        try (Stream<Path> jars = Files.list(version)) {
            List<String> classPath = new ArrayList<>(jars.map(Path::toString)
                    // OkHttp's own first: its name is that of the copy.
                    .sorted(Comparator.comparing(jar -> !jar.contains("/okhttp-")))
                    .toList());
            classPath.add(caller.toString());
            return String.join(File.pathSeparator, classPath);
        }
    }

    private static String libraries(Path jar) throws IOException {
        boolean isKotlin = !jar.getFileName().toString().startsWith("okhttp-3");
        try (Stream<Path> jars = Files.list(JARS.resolve(isKotlin ? "kotlin" : "java"))) {
            return String.join(
                    File.pathSeparator, jars.map(Path::toString).sorted().toList());
        }
    }

    /**
     * A version in one jar, with all that it needs, under another package.
     *
     * @param jars as {@link #all} gives it
     * @param prefix before each package, with slashes
     */
    String moved(String jars, String prefix) throws IOException {
        Remapper moving = new Remapper() {
            @Override
            public String map(String name) {
                return name.startsWith("okhttp3/") || name.startsWith("okio/") || name.startsWith("kotlin/")
                        ? prefix + name
                        : name;
            }
        };
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String jar : jars.split(File.pathSeparator, -1)) {
            try (JarFile from = new JarFile(jar)) {
                for (JarEntry entry : (Iterable<JarEntry>) from.stream()::iterator) {
                    String name = entry.getName();
                    if (!entry.isDirectory() && !name.startsWith("META-INF/") && !name.equals("module-info.class")) {
                        byte[] bytes = from.getInputStream(entry).readAllBytes();
                        boolean isClass = name.endsWith(".class");
                        entries.put(isClass ? moving.map(name) : name, isClass ? moved(bytes, moving) : bytes);
                    }
                }
            }
        }
        String file = "moved-" + Path.of(jars.split(File.pathSeparator, -1)[0]).getFileName();
        return Files.write(directory.resolve(file), ToyClasses.zip(entries)).toString();
    }

    private static byte[] moved(byte[] classfile, Remapper moving) {
        ClassWriter writer = new ClassWriter(0);
        new ClassReader(classfile).accept(new ClassRemapper(writer, moving), 0);
        return writer.toByteArray();
    }
}
