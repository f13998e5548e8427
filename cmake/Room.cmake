# room(NAME SOURCES a.cpp ... HEADERS a.hpp ... NEEDS lower rooms and libraries)
# One static library a room, named nightjar_NAME; headers are checked to compile alone
# (target all_verify_interface_header_sets).
function(room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;HEADERS;NEEDS;LIBRARIES" ${ARGN})
  add_library(nightjar_${name} STATIC ${ROOM_SOURCES})
  target_sources(nightjar_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}/src" FILES ${ROOM_HEADERS})
  set_target_properties(nightjar_${name} PROPERTIES
    LINKER_LANGUAGE CXX VERIFY_INTERFACE_HEADER_SETS ON)
  target_include_directories(nightjar_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  foreach(need ${ROOM_NEEDS})
    target_link_libraries(nightjar_${name} PUBLIC nightjar_${need})
  endforeach()
  target_link_libraries(nightjar_${name} PRIVATE ${ROOM_LIBRARIES} Threads::Threads)
endfunction()

# room_test(NAME SOURCES a_test.cpp ... NEEDS more rooms): one GoogleTest program a room, test_NAME,
# registered with ctest test by test.
function(room_test name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;NEEDS;LIBRARIES" ${ARGN})
  add_executable(test_${name} ${ROOM_SOURCES})
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests")
  if(TARGET nightjar_${name})
    target_link_libraries(test_${name} PRIVATE nightjar_${name})
  endif()
  foreach(need ${ROOM_NEEDS})
    target_link_libraries(test_${name} PRIVATE nightjar_${need})
  endforeach()
  target_link_libraries(test_${name} PRIVATE ${ROOM_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main Threads::Threads)
  # Tests name the fields they mean, f({.jobs = 1}); g++ 12 warns of the others.
  target_compile_options(test_${name} PRIVATE -Wno-missing-field-initializers)
  target_compile_definitions(test_${name} PRIVATE
    NIGHTJAR_SOURCE_DIR="${CMAKE_SOURCE_DIR}" NIGHTJAR_CAPTURES_DIR="${CMAKE_SOURCE_DIR}/../shared/captures"
    NIGHTJAR_BINARY="${CMAKE_BINARY_DIR}/nightjar")
  include(GoogleTest)
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT 600)
endfunction()
