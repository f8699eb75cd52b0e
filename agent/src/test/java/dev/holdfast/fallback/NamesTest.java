package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By what names objects that decide what goes on the wire are told apart. */
class NamesTest {
    private final Names names = new Names();

    @Test
    void anObjectKeepsItsNameAndNoOtherHasIt() {
        Object one = new String("same");
        Object other = new String("same");
        assertThat(one).isEqualTo(other);
        assertThat(names.of(one)).isEqualTo(names.of(one)).isNotEqualTo(names.of(other));
    }
}
