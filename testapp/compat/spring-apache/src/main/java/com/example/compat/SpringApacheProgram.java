package com.example.compat;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** Spring's blocking clients on Apache HttpClient 5, which Spring Boot takes before all others. */
final class SpringApacheProgram {
    private SpringApacheProgram() {}

    public static void main(String[] arguments) {
        HttpComponentsClientHttpRequestFactory requests = new HttpComponentsClientHttpRequestFactory();
        requests.setReadTimeout(Program.PATIENCE);
        RestTemplate template = new RestTemplate(requests);
        RestClient client = RestClient.builder().requestFactory(requests).build();
        Program.of(arguments, "Spring on HttpComponents", "spring-web")
                .over("apache5")
                .calls("RestTemplate", request -> template(template, request))
                .calls("RestClient", request -> restClient(client, request));
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

    private static Reply reply(ResponseEntity<String> entity) {
        String body = entity.getBody();
        return new Reply(
                entity.getStatusCode().value(),
                body == null ? "" : body,
                entity.getHeaders().getFirst("X-Answer"));
    }
}
