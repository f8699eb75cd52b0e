package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"1.8", "11", "16"})
    void anOlderJavaIsToldSoInOneLine(String version) throws Exception {
        assertThat(run(version)).isEqualTo(3);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines("holdfast: needs Java 17 or newer, and this is Java " + version + "\n");
    }

    private int run(String version) throws Exception {
        return Main.run(new String[] {"version"}, version, new PrintStream(out), new PrintStream(err));
    }
}
