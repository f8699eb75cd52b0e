package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NegativeLookupsTest {
    @Test
    void the_security_property_precedes_and_the_jvm_remembers_nothing_where_neither_is_set() {
        assertThat(NegativeLookups.ttlNanos("10", 3)).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        assertThat(NegativeLookups.ttlNanos(" 0 ", 3)).isZero();
        assertThat(NegativeLookups.ttlNanos(null, 3)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(NegativeLookups.ttlNanos("ten", 3)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(NegativeLookups.ttlNanos("-1", null)).isEqualTo(NegativeLookups.FOREVER);
        assertThat(NegativeLookups.ttlNanos(null, null)).isZero();
    }

    @Test
    void it_is_that_of_this_jvm() {
        assertThat(NegativeLookups.ttlNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10)); // as the JDK ships
    }
}
