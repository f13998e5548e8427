set(recognition_tests)
