package wild;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A Maven repository on loopback, with a parent, three libraries of which one needs another, and a plugin that shows
 * what was resolved. Where it is flaky it spoils the first answer for each file, in one of four ways by turns.
 */
final class FlakyRepository implements AutoCloseable {
    private static final String GROUP = "/com/example/";

    private final ScriptedServer server = ScriptedServer.http("127.0.0.1");
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

    /**
     * Starts it.
     *
     * @param mojo the plugin's compiled class
     */
    FlakyRepository(boolean flaky, Path mojo) throws IOException {
        pom("parent", "<packaging>pom</packaging>");
        library("one", "two");
        library("two", null);
        library("three", null);
        pom("show-maven-plugin", "<packaging>maven-plugin</packaging>");
        put(GROUP + "show-maven-plugin/1/show-maven-plugin-1.jar", plugin(mojo));
        List<String> paths = List.copyOf(files.keySet());
        server.otherwise(request -> {
            byte[] file = files.get(request.target());
            if (file == null) {
                return ScriptedResponse.respond(404);
            }
            int before = asked.computeIfAbsent(request.target(), path -> new AtomicInteger())
                    .getAndIncrement();
            ScriptedResponse good = ScriptedResponse.respond(200).body(file);
            return flaky && before == 0 ? spoiled(good, file, paths.indexOf(request.target())) : good;
        });
    }

    private static ScriptedResponse spoiled(ScriptedResponse good, byte[] file, int number) {
        return switch (number % 4) {
            case 0 -> ScriptedResponse.respond(503, "busy");
            case 1 -> ScriptedResponse.afterRequest(Cut.RESET);
            case 2 -> good.cutInBody(file.length / 2, Cut.CLOSE);
            default -> good.cutInBody(file.length / 2, Cut.RESET);
        };
    }

    String uri() {
        return server.uri("/").toString();
    }

    int port() {
        return server.port();
    }

    /** All files that are wanted for the project, with their checksums. */
    int size() {
        return files.size();
    }

    /** All requests, as text, in an order of their own: some come side by side. */
    List<String> received() {
        return server.requests().stream()
                .map(request -> request.method() + " " + request.target() + " " + headers(request))
                .sorted()
                .toList();
    }

    /** Returns how many files were asked for and given whole. */
    long given() {
        return asked.size();
    }

    private String headers(ReceivedRequest request) {
        return request.headers().toString().replace(":" + server.port(), ":PORT");
    }

    private void library(String name, String needs) throws IOException {
        pom(name, needs == null ? "" : """
                <dependencies><dependency>
                  <groupId>com.example</groupId><artifactId>%s</artifactId><version>1</version>
                </dependency></dependencies>""".formatted(needs));
        byte[] noise = new byte[200_000];
        new Random(name.hashCode()).nextBytes(noise);
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(jar)) {
            entry(out, name + ".bin", noise);
        }
        put(GROUP + name + "/1/" + name + "-1.jar", jar.toByteArray());
    }

    private void pom(String name, String more) {
        put(GROUP + name + "/1/" + name + "-1.pom", """
                <project>
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId><artifactId>%s</artifactId><version>1</version>
                  %s
                </project>
                """.formatted(name, more).getBytes(StandardCharsets.UTF_8));
    }

    private void put(String path, byte[] file) {
        files.put(path, file);
        files.put(path + ".sha1", sha1(file).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] plugin(Path mojo) throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(jar)) {
            entry(out, "META-INF/maven/plugin.xml", MavenIT.resource("plugin.xml"));
            entry(out, "com/example/show/ShowMojo.class", Files.readAllBytes(mojo));
        }
        return jar.toByteArray();
    }

    private static void entry(JarOutputStream out, String name, byte[] content) throws IOException {
        JarEntry entry = new JarEntry(name);
        entry.setTime(0);
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }

    private static String sha1(byte[] file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(file));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
