package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    Path directory;

    @Property
    void is_the_beginning_of_what_sha256sum_prints(@ForAll @StringLength(max = 300) String text) throws Exception {
        // A lone surrogate cannot come out of a file.
        String read = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(Sha256.hex(read)).isEqualTo(digest(read.getBytes(StandardCharsets.UTF_8)));
        assertThat(new Fingerprint(read)).hasToString(Sha256.hex(read).substring(0, 12));
    }

    @Test
    void every_length_around_the_end_of_a_block_is_padded_as_the_standard_says() throws Exception {
        for (int length = 0; length <= 200; length++) {
            String text = "x".repeat(length);

            assertThat(Sha256.hex(text))
                    .as("%d bytes", length)
                    .isEqualTo(digest(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void a_configuration_has_that_of_the_bytes_of_its_file_by_either_parser() throws Exception {
        for (String text : new String[] {
            "[retry]\n",
            "\uFEFF[retry]\r\n",
            "# \u00e9\u20ac\n[retry]\nmax_retries = 0x2\n",
            "[retry]\nmax_delay = '''1s'''\n"
        }) {
            Path file = Files.writeString(directory.resolve("holdfast.toml"), text);

            assertThat(ConfigLoader.load(file.toString()).fingerprint())
                    .hasToString(digest(Files.readAllBytes(file)).substring(0, 12));
        }
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
