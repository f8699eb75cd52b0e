package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.policy.ClientNames;
import org.junit.jupiter.api.Test;

class ClientsTest {
    @Test
    void each_client_can_be_switched_off_by_its_name_and_nothing_else_can() {
        assertThat(ClientNames.ALL)
                .isEqualTo(Clients.ALL.stream().map(ClientInstrumentation::name).toList());
    }
}
