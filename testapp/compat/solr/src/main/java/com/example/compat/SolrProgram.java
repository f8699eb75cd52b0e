package com.example.compat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.solr.client.solrj.SolrRequest;
import org.apache.solr.client.solrj.SolrServerException;
import org.apache.solr.client.solrj.impl.HttpSolrClient;
import org.apache.solr.client.solrj.impl.NoOpResponseParser;
import org.apache.solr.client.solrj.request.GenericSolrRequest;

/** Solr's client on Apache HttpClient 4. */
@SuppressWarnings("deprecation") // of this client altogether, which programs have all the same
final class SolrProgram {
    private SolrProgram() {}

    public static void main(String[] arguments) throws IOException {
        try (HttpSolrClient client = new HttpSolrClient.Builder(arguments[0].replaceFirst("/$", ""))
                .withSocketTimeout((int) Program.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .build()) {
            Program.of(arguments, "Solr", "solr-solrj")
                    .over("apache4")
                    .calls("HttpSolrClient", Set.of("GET", "POST", "PUT", "DELETE"), request -> call(client, request));
        }
    }

    private static Reply call(HttpSolrClient client, Request request) throws SolrServerException, IOException {
        GenericSolrRequest call = new GenericSolrRequest(
                SolrRequest.METHOD.valueOf(request.method()), request.uri().getPath());
        call.setResponseParser(new NoOpResponseParser("json"));
        request.headers().forEach(call::addHeader);
        if (request.body() != null) {
            call.withContent(request.body().getBytes(StandardCharsets.UTF_8), Request.JSON);
        }
        return Reply.of(200, String.valueOf(client.request(call).get("response")));
    }
}
