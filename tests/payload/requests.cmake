set(request_tests)
