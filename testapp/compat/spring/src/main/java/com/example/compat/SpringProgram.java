package com.example.compat;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StreamUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Spring's blocking and reactive clients on the JDK's. */
final class SpringProgram {
    private SpringProgram() {}

    public static void main(String[] arguments) {
        SimpleClientHttpRequestFactory simple = new SimpleClientHttpRequestFactory();
        simple.setReadTimeout(Program.PATIENCE);
        RestTemplate template = new RestTemplate(simple);

        HttpClient http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        JdkClientHttpRequestFactory jdk = new JdkClientHttpRequestFactory(http);
        jdk.setReadTimeout(Program.PATIENCE);
        RestClient restClient = RestClient.builder().requestFactory(jdk).build();

        JdkClientHttpConnector connector = new JdkClientHttpConnector(http);
        connector.setReadTimeout(Program.PATIENCE);
        WebClient webClient = WebClient.builder()
                .clientConnector(connector)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(1 << 20))
                .build();

        String simpleName = "RestTemplate, SimpleClientHttpRequestFactory";
        String jdkName = "RestClient, JdkClientHttpRequestFactory";
        Program.of(arguments, "Spring", "spring-web")
                .calls(simpleName, request -> template(template, request))
                .step(simpleName, "multipart", "ok", uri -> multipart(template, uri))
                .step(simpleName, "head", "ok", uri -> headers(template.headForHeaders(uri)))
                .step(simpleName, "options", "ok", template::optionsForAllow)
                .calls(jdkName, request -> restClient(restClient, request))
                .step(jdkName, "stream", "large", uri -> streamed(restClient, uri))
                .step(jdkName, "upload", "ok", uri -> upload(restClient, uri))
                .calls("WebClient, JdkClientHttpConnector", request -> webClient(webClient, request))
                .step("WebClient, JdkClientHttpConnector", "cancelled", "hang", uri -> cancelled(webClient, uri));
    }

    private static Reply template(RestTemplate template, Request request) {
        HttpHeaders headers = new HttpHeaders();
        request.headers().forEach(headers::set);
        if (request.body() != null) {
            headers.setContentType(MediaType.APPLICATION_JSON);
        }
        return reply(template.exchange(
                request.uri(),
                HttpMethod.valueOf(request.method()),
                new HttpEntity<>(request.body(), headers),
                String.class));
    }

    private static Reply restClient(RestClient client, Request request) {
        RestClient.RequestBodySpec spec = client.method(HttpMethod.valueOf(request.method()))
                .uri(request.uri())
                .headers(headers -> request.headers().forEach(headers::set));
        if (request.body() != null) {
            spec.contentType(MediaType.APPLICATION_JSON).body(request.text());
        }
        return reply(spec.retrieve().toEntity(String.class));
    }

    private static Reply webClient(WebClient client, Request request) {
        WebClient.RequestBodySpec spec = client.method(HttpMethod.valueOf(request.method()))
                .uri(request.uri())
                .headers(headers -> request.headers().forEach(headers::set));
        WebClient.RequestHeadersSpec<?> whole = request.body() == null
                ? spec
                : spec.contentType(MediaType.APPLICATION_JSON).bodyValue(request.text());
        return reply(
                Objects.requireNonNull(whole.retrieve().toEntity(String.class).block()));
    }

    private static Reply reply(ResponseEntity<String> entity) {
        String body = entity.getBody();
        return new Reply(
                entity.getStatusCode().value(),
                body == null ? "" : body,
                entity.getHeaders().getFirst("X-Answer"));
    }

    private static String headers(HttpHeaders headers) {
        return headers.getContentLength() + " " + headers.getFirst("X-Answer");
    }

    private static Reply multipart(RestTemplate template, URI uri) {
        MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
        parts.add("name", "value");
        parts.add("file", new ByteArrayResource("content".repeat(100).getBytes(StandardCharsets.UTF_8)));
        return reply(template.postForEntity(uri, parts, String.class));
    }

    private static String streamed(RestClient client, URI uri) {
        return Objects.requireNonNull(client.get().uri(uri).exchange((request, response) -> {
            String text = StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8);
            return response.getStatusCode() + " " + text.length() + " " + text.hashCode();
        }));
    }

    /** A body that is written to a pipe while it is sent. */
    private static Reply upload(RestClient client, URI uri) {
        AbstractResource body = new ByteArrayResource("upload".repeat(20_000).getBytes(StandardCharsets.UTF_8)) {
            @Override
            public long contentLength() {
                return -1;
            }
        };
        return reply(client.post()
                .uri(uri)
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(body)
                .retrieve()
                .toEntity(String.class));
    }

    private static String cancelled(WebClient client, URI uri) {
        try {
            return String.valueOf(
                    client.post().uri(uri).retrieve().toEntity(String.class).block(Duration.ofMillis(300)));
        } catch (IllegalStateException e) {
            return "gave up";
        }
    }
}
