#include "store/lake.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

ManifestCapture capture(const std::string& digest, std::uint64_t from, std::uint64_t readable) {
  ManifestCapture made;
  made.path = "/captures/" + digest + ".pcap";
  made.sensor = "darknet";
  made.kind = "darknet";
  made.format = "pcap";
  made.bytes = readable;
  made.digest = digest;
  made.from_bytes = from;
  made.readable_bytes = readable;
  made.readable_digest = digest;
  made.head_bytes = 100;
  made.head_digest = "head";
  made.packets = 7;
  made.minutes = {{25189920, 24}};
  return made;
}

Change change_with(LakeFile file, std::uint64_t batch, ManifestCapture what) {
  Change change;
  change.added = {std::move(file)};
  change.manifest = Manifest{batch, 1, "catalogue", "signatures", {}, {std::move(what)}};
  return change;
}

TEST(Lake, that_is_not_there_is_version_0) {
  RowsLake at;
  const auto snapshot = take(at.lake().snapshot());
  EXPECT_EQ(snapshot->version().number, 0u);
  EXPECT_TRUE(snapshot->version().files.empty());
  EXPECT_FALSE(std::filesystem::exists(at.root())) << "looking must not make anything";
}

TEST(Lake, shows_what_was_committed_and_only_that) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile file = at.write_dummy(writer);
  EXPECT_TRUE(take(at.lake().snapshot())->version().files.empty()) << "a file is not visible before its commit";
  at.commit(writer, {file});
  const auto snapshot = take(at.lake().snapshot());
  ASSERT_EQ(snapshot->version().files.size(), 1u);
  EXPECT_EQ(snapshot->version().number, 1u);
  EXPECT_EQ(snapshot->version().files[0].path, file.path);
  EXPECT_EQ(snapshot->version().files[0].bytes, 5u);
  EXPECT_EQ(snapshot->version().files[0].batches, std::vector<std::uint64_t>{1});
  EXPECT_TRUE(std::filesystem::exists(at.root() / "view.sql"));
}

TEST(Lake, keeps_a_manifest_as_it_was_given) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  ManifestCapture given = capture("d1", 0, 500);
  given.path = "/captures/caf\xe9.pcap";  // Latin-1: no UTF-8
  given.damage = "cut off";
  given.first_ns = -5;
  given.modelled = true;
  given.milestones = {{24, -7, 0xffff'ffff'ffff'ffff}, {100, 9, 1}};
  take(at.lake().commit(writer, change_with(at.write_dummy(writer), 3, given)));
  const auto snapshot = take(at.lake().snapshot());
  const auto manifests = take(at.lake().manifests(*snapshot));
  ASSERT_EQ(manifests.size(), 1u);
  ASSERT_EQ(manifests[0].captures.size(), 1u);
  const ManifestCapture& kept = manifests[0].captures[0];
  EXPECT_EQ(kept.path, given.path);
  EXPECT_EQ(kept.damage, "cut off");
  EXPECT_EQ(kept.first_ns, std::optional<std::int64_t>(-5));
  EXPECT_EQ(kept.last_ns, std::nullopt);
  EXPECT_EQ(kept.minutes, given.minutes);
  EXPECT_EQ(kept.milestones, given.milestones);
  ASSERT_EQ(snapshot->version().batches.size(), 1u);
  EXPECT_EQ(snapshot->version().batches[0].packets, 7u);
  EXPECT_TRUE(snapshot->version().batches[0].modelled);
  EXPECT_EQ(snapshot->version().next_batch, 4u);
}

TEST(Lake, refuses_a_folder_that_is_something_else) {
  RowsLake at;
  at.folder().write("lake/holiday.jpg", "x");
  EXPECT_TRUE(fails_with(at.lake().snapshot(), "is not a lake"));
  EXPECT_TRUE(fails_with(at.lake().begin_write(), "is not a lake"));
  EXPECT_TRUE(fails_with(at.lake().sweep(), "is not a lake"));
  EXPECT_TRUE(fails_with(Lake(at.folder() / "lake/holiday.jpg").snapshot(), "is not a folder"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(at.root()), {}), 1) << "nothing may be added to it";
}

TEST(Lake, refuses_another_schema) {
  RowsLake at;
  at.folder().write("lake/nightjar-lake.json", R"({"nightjar_lake": 1, "schema": 99})");
  EXPECT_TRUE(fails_with(at.lake().snapshot(), "has schema 99"));
  EXPECT_TRUE(fails_with(at.lake().begin_write(), "has schema 99"));
}

TEST(Lake, names_a_version_that_cannot_be_read) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  at.commit(writer, {at.write_dummy(writer)});
  for (const char* broken :
       {"", "{", "[]", R"({"format":"nightjar-lake-version","schema":1})",
        R"({"format":"nightjar-lake-version","schema":1,"version":9,"created_ns":1,"next_batch":1,"files":[],"batches":[]})",
        R"({"format":"nightjar-lake-version","schema":1,"version":2,"created_ns":1,"next_batch":1,"batches":[],
                                 "files":[{"path":"flows/day=2017-11-23/../../../etc/passwd.parquet","rows":1,"bytes":1}]})"}) {
    at.folder().write("lake/versions/2.json", broken);
    EXPECT_TRUE(fails_with(at.lake().snapshot(), "versions/2.json")) << broken;
    EXPECT_TRUE(fails_with(at.lake().sweep(0), "versions/2.json")) << broken;
  }
}

TEST(Lake, ignores_a_half_written_version) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  at.commit(writer, {at.write_dummy(writer)});
  at.folder().write("lake/versions/2.json.tmp", "{");
  at.folder().write("lake/versions/2.json.prepared", "{");
  EXPECT_EQ(take(at.lake().snapshot())->version().number, 1u);
  const Writer other = take(at.lake().begin_write());
  EXPECT_FALSE(std::filesystem::exists(at.root() / "versions/2.json.tmp"));
  EXPECT_FALSE(std::filesystem::exists(at.root() / "versions/2.json.prepared"));
}

TEST(Lake, refuses_files_that_are_not_as_described) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const auto committing = [&](LakeFile file) {
    Change change;
    change.added = {std::move(file)};
    return at.lake().commit(writer, std::move(change));
  };
  LakeFile missing = at.write_dummy(writer);
  std::filesystem::remove(at.root() / missing.path);
  EXPECT_TRUE(fails_with(committing(missing), "No such file"));
  LakeFile shorter = at.write_dummy(writer);
  shorter.bytes = 6;
  EXPECT_TRUE(fails_with(committing(shorter), "5 bytes, not the 6"));
  LakeFile elsewhere = at.write_dummy(writer);
  elsewhere.day += 1;
  EXPECT_TRUE(fails_with(committing(elsewhere), "does not name its table and day"));
  EXPECT_TRUE(fails_with(at.lake().commit(Writer(), Change()), "not registered"));
  EXPECT_EQ(take(at.lake().snapshot())->version().number, 0u);
}

TEST(Lake, replaces_files_and_calls_a_file_that_is_gone_a_conflict) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const LakeFile first = at.write_dummy(writer), second = at.write_dummy(writer);
  at.commit(writer, {first});
  at.commit(writer, {second}, {first.path});
  const auto snapshot = take(at.lake().snapshot());
  ASSERT_EQ(snapshot->version().files.size(), 1u);
  EXPECT_EQ(snapshot->version().files[0].path, second.path);
  Change again;
  again.removed = {first.path};
  EXPECT_TRUE(fails_with(at.lake().commit(writer, std::move(again)), "Conflict"));
  Change twice;
  twice.added = {second};
  EXPECT_TRUE(fails_with(at.lake().commit(writer, std::move(twice)), "Conflict"));
}

TEST(Lake, takes_a_capture_only_once_for_a_sensor) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  take(at.lake().commit(writer, change_with(at.write_dummy(writer), 1, capture("a", 0, 500))));
  ManifestCapture renamed = capture("a", 0, 500);
  renamed.path = "/elsewhere/copy.pcap";
  EXPECT_TRUE(fails_with(at.lake().commit(writer, change_with(at.write_dummy(writer), 2, renamed)), "Conflict"));
  EXPECT_FALSE(std::filesystem::exists(at.root() / "batches/2.json"));
  ManifestCapture other_sensor = capture("a", 0, 500);
  other_sensor.sensor = "second";
  EXPECT_TRUE(at.lake().commit(writer, change_with(at.write_dummy(writer), 3, other_sensor)));
  EXPECT_TRUE(at.lake().commit(writer, change_with(at.write_dummy(writer), 4, capture("grown", 500, 900)))) << "what is new of it";
  EXPECT_TRUE(fails_with(at.lake().commit(writer, change_with(at.write_dummy(writer), 4, capture("b", 0, 9))), "batch 4"));
}

TEST(Lake, sees_that_two_writers_read_one_growing_capture) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const auto before = take(at.lake().snapshot());
  take(at.lake().commit(writer, change_with(at.write_dummy(writer), 1, capture("a", 0, 500))));
  Change longer = change_with(at.write_dummy(writer), 2, capture("a-later", 0, 700));
  longer.made_from = before;
  EXPECT_TRUE(fails_with(at.lake().commit(writer, longer), "Conflict"));
  // Whoever knew of the first and adds the second nevertheless has a reason: it is another capture that begins alike.
  longer.made_from = take(at.lake().snapshot());
  EXPECT_TRUE(at.lake().commit(writer, longer));
}

TEST(Lake, lets_one_day_be_derived_once) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  const auto derive = [&](const std::string& from) {
    LakeFile file = at.write_dummy(writer);
    const auto place = at.root() / file.path;
    file.table = Table::counts;
    file.path = day_folder(Table::counts, kDay) + "/" + place.filename().string();
    file.derived_from = from;
    std::filesystem::create_directories((at.root() / file.path).parent_path());
    std::filesystem::rename(place, at.root() / file.path);
    return file;
  };
  const LakeFile first = derive("x");
  at.commit(writer, {first});
  Change again;
  again.added = {derive("x")};
  EXPECT_TRUE(fails_with(at.lake().commit(writer, again), "Conflict"));
  again.removed = {first.path};
  EXPECT_TRUE(at.lake().commit(writer, again));
}

TEST(Lake, never_reserves_a_number_twice) {
  RowsLake at;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 5; ++i) {
    const Writer writer = take(at.lake().begin_write());
    numbers.insert(take(at.lake().reserve_batch(writer)));
    numbers.insert(take(at.lake().reserve_batch(writer)));
  }
  EXPECT_EQ(numbers.size(), 10u);
  EXPECT_EQ(*numbers.begin(), 1u);
  const Writer writer = take(at.lake().begin_write());
  take(at.lake().commit(writer, change_with(at.write_dummy(writer), 50, capture("a", 0, 500))));
  EXPECT_EQ(take(at.lake().reserve_batch(writer)), 51u);
  at.folder().write("lake/locks/next_batch", "x");
  EXPECT_TRUE(fails_with(at.lake().reserve_batch(writer), "next_batch is damaged"));
}

TEST(Lake, is_made_by_many_processes_at_once) {
  constexpr int processes = 4, lakes = 25;
  RowsLake at;
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    int status = 0;
    for (int j = 0; j < lakes; ++j) {
      Lake lake(at.folder() / std::to_string(j));
      if (!lake.begin_write() || !lake.snapshot()) status = 1;
    }
    ::_exit(status);
  }
  for (int i = 0; i < processes; ++i) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
}

TEST(Lake, loses_no_commit_of_many_processes) {
  constexpr int processes = 4, commits = 6;
  RowsLake at;
  take(at.lake().begin_write());
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    int status = 0;
    try {
      RowsLake* lake = &at;
      const Writer writer = take(lake->lake().begin_write());
      for (int j = 0; j < commits; ++j) {
        const std::uint64_t batch = take(lake->lake().reserve_batch(writer));
        take(lake->lake().commit(writer, change_with(lake->write_dummy(writer), batch, capture(std::to_string(batch), 0, 10))));
      }
    } catch (const std::exception&) {
      status = 1;
    }
    ::_exit(status);
  }
  for (int i = 0; i < processes; ++i) {
    int status = 0;
    ::wait(&status);
    EXPECT_EQ(status, 0);
  }
  const auto snapshot = take(at.lake().snapshot());
  EXPECT_EQ(snapshot->version().number, std::uint64_t{processes * commits});
  EXPECT_EQ(snapshot->version().files.size(), std::size_t{processes * commits});
  EXPECT_EQ(take(at.lake().manifests(*snapshot)).size(), std::size_t{processes * commits});
  for (const LakeFile& file : snapshot->version().files) EXPECT_TRUE(std::filesystem::exists(at.root() / file.path));
}

TEST(Lake, stays_whole_when_the_disk_is_full) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  at.commit(writer, {at.write_dummy(writer)});
  const LakeFile file = at.write_dummy(writer);
  const pid_t child = ::fork();
  if (child == 0) {
    // Files larger than a few bytes cannot be written from here on.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{20, 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    Change change;
    change.added = {file};
    const auto committed = at.lake().commit(writer, change);
    ::_exit(!committed && committed.error().sentence.find("File too large") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(take(at.lake().snapshot())->version().number, 1u);
  at.commit(writer, {file});
  EXPECT_EQ(take(at.lake().snapshot())->version().files.size(), 2u);
}

TEST(Lake, survives_a_version_with_very_many_files) {
  RowsLake at;
  const Writer writer = take(at.lake().begin_write());
  LakeVersion version;
  version.number = 1;
  for (int i = 0; i < 20'000; ++i) {
    LakeFile file;
    file.path = day_folder(Table::flows, kDay + i % 365) + "/" + writer.token() + "-many" + std::to_string(i) + ".parquet";
    version.files.push_back(file);
  }
  std::string text = R"({"format":"nightjar-lake-version","schema":1,"version":1,"created_ns":1,"next_batch":1,"batches":[],"files":[)";
  for (const LakeFile& file : version.files) {
    text += (&file == version.files.data() ? "" : ",") + (R"({"path":")" + file.path + R"(","rows":1,"bytes":1})");
  }
  at.folder().write("lake/versions/1.json", text + "]}");
  at.commit(writer, {at.write_dummy(writer)});
  EXPECT_EQ(take(at.lake().snapshot())->version().files.size(), 20'001u);
}

}  // namespace
}  // namespace nightjar
