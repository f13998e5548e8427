set(recognition_tests
  recogniser_captures_test.cpp
  recogniser_exploits_test.cpp
  recogniser_figures_test.cpp)
