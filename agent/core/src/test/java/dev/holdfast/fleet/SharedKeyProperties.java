package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Tests that a sealed value is opened with its key and under its name, and by nothing else. */
class SharedKeyProperties {
    private final SharedKey key = new SharedKey("a-secret-of-more-than-32-characters");

    @Property(tries = 200)
    void what_was_sealed_is_opened_by_another_instance_with_the_same_key(@ForAll byte[] value, @ForAll String name) {
        SharedKey other = new SharedKey("a-secret-of-more-than-32-characters");

        assertThat(other.open(name, key.seal(name, value))).isEqualTo(value);
        assertThat(other.name(name)).isEqualTo(key.name(name)).hasSize(43);
    }

    @Property(tries = 200)
    void any_bit_that_is_flipped_makes_it_a_miss(
            @ForAll byte[] value, @ForAll @IntRange(min = 0, max = 1_000_000) int where) {
        byte[] sealed = key.seal("name", value);
        int bit = where % (sealed.length * Byte.SIZE);
        sealed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);

        assertThat(key.open("name", sealed)).isNull();
    }

    @Property(tries = 200)
    void a_part_of_it_is_a_miss(@ForAll byte[] value, @ForAll @IntRange(min = 0, max = 1_000_000) int length) {
        byte[] sealed = key.seal("name", value);

        assertThat(key.open("name", Arrays.copyOf(sealed, length % sealed.length)))
                .isNull();
        assertThat(key.open("name", Arrays.copyOf(sealed, sealed.length + 1))).isNull();
    }

    @Property(tries = 50)
    void another_key_or_another_name_is_a_miss(@ForAll byte[] value) {
        SharedKey other = new SharedKey("A-secret-of-more-than-32-characters");
        byte[] sealed = key.seal("name", value);

        assertThat(other.open("name", sealed)).isNull();
        assertThat(other.name("name")).isNotEqualTo(key.name("name"));
        assertThat(key.open("another", sealed)).isNull();
    }

    @Property(tries = 100)
    void foreign_bytes_are_a_miss(@ForAll @Size(max = 200) byte[] foreign) {
        assertThat(key.open("name", foreign)).isNull();
    }

    @Property(tries = 20)
    void the_same_value_is_sealed_differently_each_time(@ForAll byte[] value) {
        assertThat(key.seal("name", value)).isNotEqualTo(key.seal("name", value));
    }
}
