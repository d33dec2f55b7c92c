#!/bin/sh
# Whether new images help where images are few: a classifier of the held-out classes taught by the support, by samples,
# and by both; 1, 5 and 10 support images of each class, three seeds. Prints a Markdown table in percent: means over the
# seeds, and of what samples add the mean with half of its 95 % interval (Student's t, two degrees of freedom).
# taught.sh METASCOPE FOLDER [IMAGES …]: the built-in characters, and each further path of images.
set -eu
metascope=$1
out=$2
shift 2
value() { sed -n '/"held_out"/,/"baselines"/s/.*"'"$1"'": \([0-9.e-]*\).*/\1/p' "$2" | head -n 1; }
echo '| images | shots | taught by support | by samples | by both | both − support |'
echo '|---|---|---|---|---|---|'
for images in characters "$@"; do
    name=$(basename "$images")
    for shots in 1 5 10; do
        for seed in 0 1 2; do
            folder=$out/$name-$shots-$seed
            if [ "$images" = characters ]; then set -- --set characters; else set -- --images "$images"; fi
            "$metascope" run --tasks class "$@" --iterations 300 --seed $seed --shots $shots --test-shots $shots \
                --out "$folder" 2> /dev/null
            summary=$folder/summary.json
            echo "$(value taught_by_support "$summary") $(value taught_by_samples "$summary") $(value taught_by_both "$summary")"
        done | awk -v name="$name" -v shots=$shots '
            { support += $1; samples += $2; both += $3; gain[NR] = $3 - $1 }
            END {
                mean = (both - support) / NR
                for (i = 1; i <= NR; i++) square += (gain[i] - mean) ^ 2
                half = 4.303 * sqrt(square / (NR - 1) / NR)
                printf "| %s | %d | %.1f | %.1f | %.1f | %+.1f ± %.1f |\n", name, shots, 100 * support / NR, \
                    100 * samples / NR, 100 * both / NR, 100 * mean, 100 * half
            }'
    done
done
