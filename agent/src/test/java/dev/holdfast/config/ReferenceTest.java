package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds {@code config-examples/reference.toml} against the definitions of the keys, in both directions. */
class ReferenceTest {
    private static final Path FILE = Path.of("../config-examples/reference.toml");

    @Test
    void showsExactlyTheKeysThatTheParserKnowsWithTheirDefaults() throws IOException {
        String expected = ReferenceText.write();
        if (Boolean.getBoolean("holdfast.writeReference")) {
            Files.writeString(FILE, expected);
        }

        assertThat(FILE)
                .content()
                .as("run with -Dholdfast.writeReference=true to write it anew")
                .isEqualTo(expected);
    }

    @Test
    void meansTheSameAsAFileThatLeavesEverythingToTheDefaults() throws ConfigException {
        Configuration reference = ConfigLoader.load(FILE.toString());
        Configuration shortest = ConfigLoader.parse("[retry]", "t.toml");

        assertThat(reference.policies()).isEqualTo(shortest.policies()).containsOnlyKeys(HostPattern.parse("*"));
        assertThat(reference.warnings()).isEmpty();
    }

    @Test
    void namesTheTablesThatHaveNoEffectYet() throws ConfigException {
        assertThat(ConfigLoader.load(FILE.toString()).inactive())
                .containsExactlyInAnyOrderElementsOf(Keys.sections().stream()
                        .filter(section -> !section.active())
                        .map(Section::path)
                        .toList());
    }

    @Test
    void everyKeyAcceptsItsOwnDefaultAndDescribesItself() {
        assertThat(Keys.all()).allSatisfy(key -> {
            assertThat(ValueReader.standard(key)).isNotNull();
            assertThat(key.meaning()).endsWith(".").doesNotContain("\n");
            assertThat(key.allowed()).isNotBlank();
            assertThat(Keys.find(key.path())).isSameAs(key);
            assertThat(Keys.findSection(key.section())).isNotNull();
        });
        assertThat(Keys.all()).extracting(Key::path).doesNotHaveDuplicates();
    }
}
