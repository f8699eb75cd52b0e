package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.HostPattern;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds {@code config-examples/reference.toml} against the definitions of the keys, in both directions. */
class ReferenceTest {
    private static final Path FILE = Path.of("../../config-examples/reference.toml");

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
    void everyKeyAcceptsItsOwnDefaultAndDescribesItself() {
        assertThat(Keys.all()).allSatisfy(key -> {
            assertThat(ValueReader.standard(key)).isNotNull();
            assertThat(key.meaning()).endsWith(".").doesNotContain("\n");
            assertThat(key.allowed()).isNotBlank();
            assertThat(Keys.find(key.path())).isSameAs(key);
            assertThat(Keys.findSection(key.section().path())).isSameAs(key.section());
        });
        assertThat(Keys.all()).extracting(key -> key.path()).doesNotHaveDuplicates();
    }

    /** The compiler takes the word of {@link Section} for it, as TOML's types are known only when a file is read. */
    @Test
    void everyDefaultIsOfTheTypeThatItsKeyGives() throws IllegalAccessException {
        Set<Key<?>> seen = new HashSet<>();
        for (Class<?> holder : List.of(
                Keys.class,
                RetryKeys.class,
                LoadProtectionKeys.class,
                FallbackKeys.class,
                FaultKeys.class,
                ObservabilityKeys.class)) {
            for (Field field : holder.getDeclaredFields()) {
                if (field.getType() == Key.class) {
                    Key<?> key = (Key<?>) field.get(null);
                    Type type = ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
                    assertIsOf(type, key.builtIn().value(), key);
                    seen.add(key);
                }
            }
        }

        for (Key<Boolean> key : ClientKeys.ALL) {
            assertIsOf(Boolean.class, key.builtIn().value(), key);
            seen.add(key);
        }

        assertThat(seen).containsAll(Keys.all()).containsAll(Keys.ofRoutes());
    }

    private static void assertIsOf(Type type, Object value, Key<?> key) {
        if (!(type instanceof ParameterizedType parts)) {
            assertThat(value).as(key.path()).isInstanceOf((Class<?>) type);
            return;
        }
        assertThat(value).as(key.path()).isInstanceOf((Class<?>) parts.getRawType());
        if (value instanceof List<?> list) {
            assertThat(list).allSatisfy(item -> assertIsOf(parts.getActualTypeArguments()[0], item, key));
        }
    }
}
