package com.example.boot;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks the other service for each request; answers 502 where that fails. */
@RestController
class Prices {
    private final RestClient upstream;
    private final Feed feed;

    Prices(RestClient upstream, Feed feed) {
        this.upstream = upstream;
        this.feed = feed;
    }

    @GetMapping("/price/{id}")
    ResponseEntity<String> price(@PathVariable String id) {
        return upstream.get().uri("/price/" + id).retrieve().toEntity(String.class);
    }

    @PostMapping("/order/{id}")
    ResponseEntity<String> order(@PathVariable String id) {
        return upstream.post().uri("/order/" + id).body("one").retrieve().toEntity(String.class);
    }

    /** Returns what the regular calls saw so far. */
    @GetMapping("/feed")
    String feed() {
        return String.join(", ", feed.seen());
    }

    @ExceptionHandler(RestClientException.class)
    ResponseEntity<String> failed(RestClientException failure) {
        return ResponseEntity.status(502).body(failure.getClass().getSimpleName());
    }
}
