package dev.holdfast.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ToyClasses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadedClientsTest {
    private static final String CARRIER = "okhttp3.internal.http.RealInterceptorChain";

    private final List<Class<?>> loaded = new ArrayList<>(List.of(String.class, LoadedClientsTest.class));
    private final LoadedClients clients = new LoadedClients(() -> loaded.toArray(Class<?>[]::new));

    @Test
    void a_client_that_carries_a_call_is_found_relocated_or_not() {
        loaded.add(ToyClasses.load(CARRIER));
        loaded.add(ToyClasses.load("com.vendor.shaded." + CARRIER));
        loaded.add(ToyClasses.load("org.apache.http.impl.execchain.ConnectionHolder"));

        clients.look();

        assertThat(clients.known())
                .extracting(client -> client.library().name() + " " + client.packageName())
                .containsExactly(
                        "OkHttp okhttp3.internal.http",
                        "OkHttp com.vendor.shaded.okhttp3.internal.http",
                        "Apache HttpClient 4 org.apache.http.impl.execchain");
    }

    @Test
    void one_that_is_only_there_is_not() {
        for (HttpClientLibrary library : HttpClientLibraries.ALL) {
            loaded.add(ToyClasses.load(library.api()));
        }

        clients.look();

        assertThat(clients.known()).isEmpty();
    }

    @Test
    void one_that_was_found_stays_known_and_is_found_once() {
        loaded.add(ToyClasses.load(CARRIER));
        clients.look();
        clients.look();
        loaded.remove(2);
        clients.look();

        assertThat(clients.known()).hasSize(1);
    }

    @Test
    void their_number_is_bounded() {
        for (int i = 0; i < 200; i++) {
            loaded.add(ToyClasses.load("vendor" + i + "." + CARRIER));
        }

        clients.look();

        assertThat(clients.known()).hasSize(50);
    }
}
