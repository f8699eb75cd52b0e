/** An ordinary program, and the flaky service that it calls. */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
