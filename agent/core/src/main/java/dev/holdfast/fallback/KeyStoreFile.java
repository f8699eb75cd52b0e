package dev.holdfast.fallback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * The client certificates that the JVM shows where nobody chose others, by the file that holds them.
 *
 * @param name the same for the same file with the same content; empty: there are none
 * @param lasting whether it means the same in another JVM: what is in a device is not known
 */
record KeyStoreFile(String name, boolean lasting) {
    /** The file that {@code javax.net.ssl.keyStore} names now. */
    static KeyStoreFile ofJvm() {
        String file = System.getProperty("javax.net.ssl.keyStore", "");
        if (file.isEmpty()) {
            return new KeyStoreFile("", true);
        }
        try {
            byte[] content = Files.readAllBytes(Path.of(file));
            return new KeyStoreFile(HexFormat.of().formatHex(CacheKey.sha256().digest(content)), true);
        } catch (IOException | InvalidPathException e) {
            return new KeyStoreFile(file, false);
        }
    }
}
