package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.http.HttpEntity;
import org.apache.http.conn.ConnectionReleaseTrigger;
import org.apache.http.conn.EofSensorInputStream;
import org.apache.http.entity.HttpEntityWrapper;
import org.apache.http.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;

class ReceivedEntityTest {
    private static final byte[] BYTES = "body".getBytes(StandardCharsets.US_ASCII);

    private final List<String> events = new ArrayList<>();

    @Test
    void a_wrapped_stream_is_of_the_clients_type_and_aborts_its_connection() throws IOException {
        HttpEntity entity = ReceivedEntity.of(sensed(), this::watched);

        EofSensorInputStream stream = (EofSensorInputStream) entity.getContent();
        int first = stream.read();
        stream.abortConnection();

        assertThat(first).isEqualTo('b');
        assertThat(events).as("aborted before it is closed").containsExactly("aborted", "closed");
        assertThat(entity.getContent()).isSameAs(stream);
    }

    @Test
    void a_wrapped_stream_gives_the_whole_body() throws IOException {
        EofSensorInputStream stream = (EofSensorInputStream)
                ReceivedEntity.of(sensed(), this::watched).getContent();

        assertThat(stream.available()).isEqualTo(BYTES.length);
        assertThat(stream.skip(1)).isEqualTo(1);
        byte[] piece = new byte[1];
        assertThat(stream.read(piece)).isEqualTo(1);
        assertThat(piece).containsExactly('o');
        assertThat(stream.readAllBytes()).containsExactly('d', 'y');
        assertThat(stream.read()).isEqualTo(-1);
        stream.close();
        assertThat(events).containsExactly("closed");
    }

    @Test
    void a_stream_that_is_another_ones_stays_so() throws IOException {
        InputStream own = new ByteArrayInputStream(BYTES);

        assertThat(ReceivedEntity.of(entity(own), stream -> stream).getContent())
                .isSameAs(own);
        assertThat(ReceivedEntity.of(entity(own), this::watched).getContent())
                .isNotInstanceOf(EofSensorInputStream.class);
    }

    @Test
    void the_body_of_an_old_client_releases_and_aborts_its_connection() throws IOException {
        Received received = new Received();
        HttpEntity watched = ReceivedEntity.of(received, this::watched);
        HttpEntity held = ReceivedEntity.of(received, new ByteArrayInputStream(BYTES));

        ((ConnectionReleaseTrigger) watched).releaseConnection();
        InputStream stream = watched.getContent();
        ((ConnectionReleaseTrigger) watched).abortConnection();
        ((ConnectionReleaseTrigger) held.getContent()).abortConnection();

        assertThat(stream.read()).isEqualTo('b');
        assertThat(events).containsExactly("released", "aborted", "closed", "aborted");
        assertThat(held.getContent()).isInstanceOf(EofSensorInputStream.class);
    }

    /** The body of an old client, which has its connection. */
    private final class Received extends HttpEntityWrapper implements ConnectionReleaseTrigger {
        Received() {
            super(entity(new ByteArrayInputStream(BYTES)));
        }

        @Override
        public void releaseConnection() {
            events.add("released");
        }

        @Override
        public void abortConnection() {
            events.add("aborted");
        }
    }

    private static HttpEntity entity(InputStream body) {
        return new InputStreamEntity(body, 4);
    }

    /** A body as a client receives it: each of its streams is of the client's type. */
    private HttpEntity sensed() {
        return new HttpEntityWrapper(entity(new ByteArrayInputStream(BYTES))) {
            @Override
            public InputStream getContent() throws IOException {
                return new EofSensorInputStream(super.getContent(), null) {
                    @Override
                    public void abortConnection() {
                        events.add("aborted");
                    }
                };
            }
        };
    }

    private InputStream watched(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public void close() throws IOException {
                events.add("closed");
                super.close();
            }
        };
    }
}
