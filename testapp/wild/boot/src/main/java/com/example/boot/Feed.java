package com.example.boot;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;

/** Asks the other service by itself, again and again, a few times in all. */
@Component
class Feed {
    private static final int TIMES = 4;

    private final RestTemplate feeds;
    private final String upstream;
    private final List<String> seen = new CopyOnWriteArrayList<>();

    Feed(RestTemplate feeds, @Value("${upstream}") String upstream) {
        this.feeds = feeds;
        this.upstream = upstream;
    }

    List<String> seen() {
        return seen;
    }

    @Scheduled(fixedDelay = 10)
    void ask() {
        if (seen.size() == TIMES) {
            return;
        }
        try {
            seen.add("" + feeds.getForObject(upstream + "/feed/" + seen.size(), String.class));
        } catch (RestClientException e) {
            seen.add(e.getClass().getSimpleName());
        }
    }
}
