package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.ObservabilityConfig;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.ObservedCalls;
import dev.holdfast.policy.Policies;
import dev.holdfast.policy.ValueSource;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever the endpoint's thread dies of, its port is free again, and the endpoint comes back there. */
@Timeout(60)
class EndpointTest {
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<Throwable> defects = new CopyOnWriteArrayList<>();
    private final ObservedCalls observedCalls =
            new ObservedCalls(Policies.retry().policy());
    private Endpoint endpoint;
    private int port;

    @BeforeEach
    void listen() throws Exception {
        Configuration configuration = ConfigLoader.parse("[retry]\nmax_retries = 3", "holdfast.toml");
        endpoint = new Endpoint(
                observedCalls.status,
                () -> configuration,
                new Log(entry -> said.add(entry.message()), System::nanoTime),
                (what, cause) -> defects.add(cause));
        port = freePort();
        endpoint.listen(new ObservabilityConfig.Admin("127.0.0.1", port, Set.of()));
        isThere();
    }

    @AfterEach
    void close() {
        endpoint.listen(null);
    }

    @Test
    void comes_back_at_its_port_when_its_thread_has_died() throws Exception {
        killItsThread();

        endpoint.tick();

        isThere();
    }

    @Test
    void comes_back_when_another_program_has_left_its_port() throws Exception {
        killItsThread();
        int lines = said.size();
        try (ServerSocket other = new ServerSocket()) {
            other.setReuseAddress(true);
            other.bind(new InetSocketAddress("127.0.0.1", port));
            endpoint.tick();
            endpoint.tick();
        }
        assertThat(said).as("nothing is said of tries that fail").hasSize(lines);

        endpoint.tick();

        isThere();
        assertThat(said).hasSize(lines + 1);
    }

    @Test
    void does_not_come_back_when_it_is_not_wanted_any_more() throws Exception {
        killItsThread();
        endpoint.listen(null);

        endpoint.tick();

        try (ServerSocket other = new ServerSocket()) {
            other.setReuseAddress(true);
            other.bind(new InetSocketAddress("127.0.0.1", port));
        }
    }

    @Test
    void an_address_from_outside_is_not_shown() throws Exception {
        ValueSource source = new ValueSource("HOLDFAST_ADMIN_LISTEN");
        said.clear();
        endpoint.listen(new ObservabilityConfig.Admin("127.0.0.2", 0, Set.of(), source));
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress("127.0.0.1", 0));
            endpoint.listen(new ObservabilityConfig.Admin("127.0.0.1", other.getLocalPort(), Set.of(), source));
        }
        endpoint.listen(new ObservabilityConfig.Admin("hunter2.invalid", 1, Set.of(), source));
        endpoint.listen(new ObservabilityConfig.Admin("127.0.0.1", port, Set.of(), source));

        assertThat(said).hasSize(4);
        assertThat(said.get(0)).matches("the admin endpoint is at the value of HOLDFAST_ADMIN_LISTEN, port \\d+");
        assertThat(said.get(1))
                .isEqualTo("the admin endpoint cannot listen on the value of HOLDFAST_ADMIN_LISTEN:"
                        + " java.net.BindException; it is tried again when the configuration changes");
        assertThat(said.get(2))
                .isEqualTo("the admin endpoint cannot listen on the value of HOLDFAST_ADMIN_LISTEN: no address is known"
                        + " for that name; it is tried again when the configuration changes");
        assertThat(said.get(3)).isEqualTo("the admin endpoint is at the value of HOLDFAST_ADMIN_LISTEN");
    }

    /** Kills the thread from within: nothing that a program can do from outside is known to kill it. */
    private void killItsThread() throws Exception {
        Server server = (Server) field(endpoint, "server");
        ((Selector) field(server, "selector")).close();
        Awaitility.await().until(() -> !server.isRunning());
        assertThat(defects).hasSize(1);
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private void isThere() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write(("GET /status HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
