package dev.holdfast.wild;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The class files that a class swap hands to the JVM. */
final class ClassFiles {
    /** All classes that have join points. */
    static final List<String> WOVEN = List.of(
            "jdk.internal.net.http.HttpClientFacade",
            "sun.net.www.protocol.http.Handler",
            "sun.net.www.protocol.https.Handler",
            "java.net.HttpConnectSocketImpl");

    private ClassFiles() {}

    /** A class as it was compiled: for one of the JDK's, as it is without the agent. */
    static byte[] original(String name) throws IOException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new IOException("no class file of " + name);
            }
            return in.readAllBytes();
        }
    }

    /** {@link Swapped} with its other text. */
    static byte[] swapped() throws IOException {
        String file = new String(original(Swapped.class.getName()), StandardCharsets.ISO_8859_1);
        return file.replace("before", "behind").getBytes(StandardCharsets.ISO_8859_1);
    }
}
