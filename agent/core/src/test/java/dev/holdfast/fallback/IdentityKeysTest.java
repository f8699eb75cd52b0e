package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By what names objects that decide what goes on the wire are told apart. */
class IdentityKeysTest {
    private final IdentityKeys identityKeys = new IdentityKeys();

    @Test
    void anObjectKeepsItsNameAndNoOtherHasIt() {
        Object one = new String("same");
        Object other = new String("same");
        assertThat(one).isEqualTo(other);
        assertThat(identityKeys.of(one)).isEqualTo(identityKeys.of(one)).isNotEqualTo(identityKeys.of(other));
    }

    @Test
    void anotherKeyStoreAtTheSamePlaceIsAnotherName(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("keys.p12"), "of alice");
        assertThat(keyStore("")).isEqualTo(new KeyStoreFile("", true));
        KeyStoreFile before = keyStore(file.toString());
        assertThat(keyStore(file.toString())).isEqualTo(before);
        Files.writeString(file, "of bobby");
        assertThat(keyStore(file.toString())).isNotEqualTo(before);
        assertThat(keyStore("NONE")).as("a device").isEqualTo(new KeyStoreFile("NONE", false));
    }

    /** Returns the key store of a JVM that was started with it. */
    private static KeyStoreFile keyStore(String file) {
        String before = System.getProperty("javax.net.ssl.keyStore");
        System.setProperty("javax.net.ssl.keyStore", file);
        try {
            FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});
            return fallbackStrategies.keyStore();
        } finally {
            if (before == null) {
                System.clearProperty("javax.net.ssl.keyStore");
            } else {
                System.setProperty("javax.net.ssl.keyStore", before);
            }
        }
    }
}
