package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NegativeDnsCacheTest {
    @Test
    void the_security_property_precedes_and_the_jvm_remembers_nothing_where_neither_is_set() {
        assertThat(NegativeDnsCache.ttlNanos("10", 3)).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        assertThat(NegativeDnsCache.ttlNanos(" 0 ", 3)).isZero();
        assertThat(NegativeDnsCache.ttlNanos(null, 3)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(NegativeDnsCache.ttlNanos("ten", 3)).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(NegativeDnsCache.ttlNanos("-1", null)).isEqualTo(NegativeDnsCache.FOREVER);
        assertThat(NegativeDnsCache.ttlNanos(null, null)).isZero();
    }

    @Test
    void it_is_that_of_this_jvm() {
        assertThat(NegativeDnsCache.ttlNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(10)); // as the JDK ships
    }
}
